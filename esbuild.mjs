// Bundles everything into dist/: the extension, the engine, the command line, and one script a panel.
//   node esbuild.mjs [--watch] [--production]
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
process.chdir(root);

const options = new Set(process.argv.slice(2));
const watch = options.delete('--watch');
const production = options.delete('--production');
if (options.size > 0) {
  console.error(`esbuild.mjs: unknown option ${[...options].join(' ')}; it takes --watch and --production`);
  process.exit(2);
}

/** Native packages: their binaries cannot be bundled, so they ship in node_modules. */
const NATIVE = ['onnxruntime-node', 'tokenizers'];

/** Loaded only when the user has installed it; see src/engine/runtime. */
const OPTIONAL = ['@tensorflow/*'];

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The UMD wrapper that is jsonc-parser's "main" hides its require() calls from any bundler.
  mainFields: ['module', 'main'],
  // import.meta.url is empty in a CJS bundle; this keeps `new URL('…', import.meta.url)` working there.
  define: { ...shared.define, 'import.meta.url': 'moduleUrl' },
};
const moduleUrl = "const moduleUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {Array<{ entry: string, options: import('esbuild').BuildOptions }>} */
const programs = [
  {
    entry: 'src/host/extension.ts',
    options: {
      ...node,
      tsconfig: 'tsconfig.host.json',
      outfile: 'dist/extension.js',
      // A file of its own: VS Code waits for what activation loads, and this is most of it.
      external: ['vscode', './studio'],
      // An import() left as it is would want the file's extension; as require() it finds dist/studio.js.
      supported: { 'dynamic-import': false },
    },
  },
  {
    entry: 'src/host/studio.ts',
    options: {
      ...node,
      tsconfig: 'tsconfig.host.json',
      outfile: 'dist/studio.js',
      external: ['vscode', ...NATIVE],
      banner: { js: moduleUrl },
    },
  },
  {
    entry: 'src/engine/main.ts',
    options: {
      ...node,
      tsconfig: 'tsconfig.engine.json',
      outfile: 'dist/engine.js',
      external: [...NATIVE, ...OPTIONAL],
      banner: { js: moduleUrl },
    },
  },
  {
    entry: 'src/engine/data/chat/templateProcess.ts',
    options: { ...node, tsconfig: 'tsconfig.engine.json', outfile: 'dist/templates.js' },
  },
  {
    entry: 'src/engine/data/readers/parquetProcess.ts',
    options: {
      ...node,
      tsconfig: 'tsconfig.engine.json',
      outfile: 'dist/parquet.js',
      banner: { js: moduleUrl },
    },
  },
  {
    entry: 'src/engine/spectrumThread.ts',
    options: { ...node, tsconfig: 'tsconfig.engine.json', outfile: 'dist/spectrum.js' },
  },
  {
    entry: 'src/engine/models/quantiseThread.ts',
    options: { ...node, tsconfig: 'tsconfig.engine.json', outfile: 'dist/quantise.js' },
  },
  {
    entry: 'src/engine/runtime/threaded/computeThread.ts',
    options: { ...node, tsconfig: 'tsconfig.engine.json', outfile: 'dist/compute.js', external: NATIVE },
  },
  {
    entry: 'src/cli/main.ts',
    options: {
      ...node,
      outfile: 'dist/cli.js',
      tsconfig: 'tsconfig.engine.json',
      // A file of its own: no other command waits for the Model Context Protocol. As require(), see above.
      external: [...NATIVE, ...OPTIONAL, './mcpServer'],
      supported: { 'dynamic-import': false },
      banner: { js: `#!/usr/bin/env node\n${moduleUrl}` },
      plugins: [{ name: 'executable', setup: (build) => build.onEnd(makeExecutable) }],
    },
  },
  {
    entry: 'src/cli/mcpServer.ts',
    options: {
      ...node,
      outfile: 'dist/mcpServer.js',
      tsconfig: 'tsconfig.engine.json',
      external: [...NATIVE, ...OPTIONAL],
      banner: { js: moduleUrl },
    },
  },
  ...(await panels()).map((panel) => ({
    entry: `webview/${panel}/index.ts`,
    options: /** @type {import('esbuild').BuildOptions} */ ({
      ...shared,
      platform: 'browser',
      tsconfig: 'tsconfig.webview.json',
      format: 'iife',
      target: 'es2022',
      outfile: `dist/webview/${panel}.js`,
      loader: { '.svg': 'text', '.ttf': 'file', '.woff2': 'file' },
      // Lit takes its optimised path without the development warnings.
      conditions: production ? ['production'] : ['development'],
    }),
  })),
];

if (production) await rm('dist', { recursive: true, force: true });
await copyIcons();

let failed = false;
for (const { entry, options: rest } of programs) {
  const options = { ...rest, entryPoints: [entry] };
  if (!existsSync(entry)) {
    console.log(`skipped   ${options.outfile} (no ${entry} yet)`);
    continue;
  }
  if (watch) {
    const context = await esbuild.context({ ...options, logLevel: 'info' });
    await context.watch();
    continue;
  }
  try {
    const { metafile } = await esbuild.build(options);
    for (const [file, { bytes }] of Object.entries(metafile?.outputs ?? {})) {
      if (!file.endsWith('.map')) console.log(`${`${(bytes / 1024).toFixed(0)} KiB`.padEnd(9)} ${file}`);
    }
  } catch (error) {
    // A failed build has been printed; anything else is a mistake in this file.
    if (!(error instanceof Error && 'errors' in error)) throw error;
    failed = true;
  }
}
if (watch)
  console.log('watching for changes'); // the task in .vscode/tasks.json waits for this line
else process.exitCode = failed ? 1 : 0;

/** Names of the folders in webview/ that hold a panel: those with an index.ts. */
async function panels() {
  if (!existsSync('webview')) return [];
  const entries = await readdir('webview', { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(path.join('webview', entry.name, 'index.ts')))
    .map((entry) => entry.name);
}

/** Webviews load the codicon font from a file of their own, because a <vscode-icon> needs a stylesheet link by id. */
async function copyIcons() {
  await mkdir('dist/webview', { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf']) {
    await copyFile(path.join('node_modules/@vscode/codicons/dist', file), path.join('dist/webview', file));
  }
}

/** @param {import('esbuild').BuildResult} result */
async function makeExecutable(result) {
  if (result.errors.length === 0) await chmod('dist/cli.js', 0o755);
}
