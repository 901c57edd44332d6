import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { run } from './engine.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache');

/** Programs that the engine starts threads with, by name, and their sources. */
const THREADS = {
  spectrum: 'spectrumThread.ts',
  quantise: 'models/quantiseThread.ts',
  compute: 'runtime/threaded/computeThread.ts',
};

/** Bundles a TypeScript program of this folder, "blockTime", and returns its path; beside it lie the engine's threads. */
export async function bundled(name) {
  const outfile = join(CACHE, `${name}.cjs`);
  await bundle(join(ROOT, 'bench', `${name}.ts`), outfile);
  for (const [program, source] of Object.entries(THREADS)) {
    await bundle(join(ROOT, 'src/engine', source), join(CACHE, `${program}.js`));
  }
  return outfile;
}

async function bundle(entry, outfile) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    external: ['onnxruntime-node', 'tokenizers'],
    mainFields: ['module', 'main'],
    // As in esbuild.mjs: a CommonJS bundle has no import.meta.url.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
}

/** What a module below src exports; `file` is its path there, "config/learningRate.ts". */
export async function imported(file) {
  const outfile = join(CACHE, file.replaceAll('/', '.').replace(/ts$/, 'mjs'));
  await build({
    entryPoints: [join(ROOT, 'src', file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

/** Runs a bundled program that trains or computes as a run does, with a run's memory; returns the JSON of its last line. */
export async function measured(program, options) {
  const { sharedHeapEnvironment } = await imported('engine/rpc/sharedHeap.ts');
  const env = { ...process.env, ...sharedHeapEnvironment() };
  return JSON.parse((await run(process.execPath, [program, JSON.stringify(options)], { env })).at(-1));
}
