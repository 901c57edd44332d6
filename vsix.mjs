// Makes the VSIX of one platform, or of every one:  npm run package -- [--target linux-x64 | --all] [--out FILE]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { glob } from 'tinyglobby';
import { vsixProblem } from './packaging/vsixProblem.mjs';
import { zipEntries } from './packaging/zipEntries.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));

/** Larger than this, something that does not belong in it has slipped in. */
const MAX_MEBIBYTES = 60;

/**
 * Native files a platform. Those absent have no binary of onnxruntime-node: Intel Macs, Alpine, 32-bit ARM.
 * The libraries with a version in their name are what the binding asks its loader for.
 */
const BINARIES = {
  'linux-x64': ['onnxruntime-node/bin/napi-v6/linux/x64/*', 'tokenizers/tokenizers.linux-x64-gnu.node'],
  'linux-arm64': ['onnxruntime-node/bin/napi-v6/linux/arm64/*', 'tokenizers/tokenizers.linux-arm64-gnu.node'],
  'darwin-arm64': [
    'onnxruntime-node/bin/napi-v6/darwin/arm64/onnxruntime_binding.node',
    'onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib',
    'tokenizers/tokenizers.darwin-arm64.node',
  ],
  'win32-x64': ['onnxruntime-node/bin/napi-v6/win32/x64/*', 'tokenizers/tokenizers.win32-x64-msvc.node'],
  'win32-arm64': ['onnxruntime-node/bin/napi-v6/win32/arm64/*', 'tokenizers/tokenizers.win32-arm64-msvc.node'],
};

/** What is read by name while the extension runs, so that no bundler would miss it. */
const READ_BY_NAME = ['package.nls*.json', 'l10n/*.json', 'media/**', 'examples/data/*', 'dist/webview/*.js'];

const { values } = parseArgs({
  options: { target: { type: 'string' }, all: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const targets = values.all ? Object.keys(BINARIES) : [values.target ?? `${process.platform}-${process.arch}`];
if (values.all && (values.target ?? values.out) !== undefined)
  fail('--all makes every platform, each under its own name');
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

run(['esbuild.mjs', '--production']);
for (const target of targets) await pack(target);

/** @param {string} target */
async function pack(target) {
  const binaries = BINARIES[/** @type {keyof typeof BINARIES} */ (target)];
  if (!binaries) fail(`no binaries for ${target}; there are ${Object.keys(BINARIES).join(', ')}`);
  const expected = await glob([...READ_BY_NAME, ...binaries.map((file) => `node_modules/${file}`)], { cwd: root });
  for (const file of binaries) {
    if ((await glob(`node_modules/${file}`, { cwd: root })).length === 0) fail(`node_modules/${file} is not installed`);
  }
  const vsix = path.resolve(values.out ?? path.join(root, `${name}-${target}-${version}.vsix`));
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'vsix-'));
  try {
    const ignoreFile = path.join(temporary, 'ignore');
    const lines = binaries.map((file) => `!node_modules/${file}`);
    writeFileSync(ignoreFile, `${readFileSync(path.join(root, '.vscodeignore'), 'utf8')}\n${lines.join('\n')}\n`);
    const output = run([
      ...['node_modules/@vscode/vsce/vsce', 'package', '--target', target, '--out', vsix, '--ignoreFile', ignoreFile],
      // The manifest names no repository, so links in the README cannot be made absolute.
      ...['--allow-missing-repository', '--no-rewrite-relative-links'],
    ]);
    if (/\bWARNING\b/.test(output)) fail('vsce warned, see above');
  } finally {
    rmSync(temporary, { recursive: true });
  }
  const entries = zipEntries(readFileSync(vsix));
  const problem = vsixProblem(entries, target, expected);
  if (problem !== undefined) fail(`${path.basename(vsix)}: ${problem}`);
  const packed = statSync(vsix).size / 2 ** 20;
  const unpacked = entries.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20;
  console.log(`${path.relative(process.cwd(), vsix)}  ${packed.toFixed(1)} MiB, ${unpacked.toFixed(1)} MiB installed`);
  if (packed > MAX_MEBIBYTES) fail(`the package is larger than ${MAX_MEBIBYTES} MiB`);
}

/**
 * Runs Node and shows what it prints.
 * @param {string[]} args
 */
function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status !== 0) fail(`${args[0]} failed`);
  return stdout + stderr;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`vsix.mjs: ${message}`);
  process.exit(1);
}
