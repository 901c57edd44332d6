import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { run } from './engine.mjs';

/** Writes the examples of the first steps of a configuration to a file, as stepBatches.ts does. */
export async function writeBatches(configuration, steps, out) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const program = join(root, 'node_modules/.cache/stepBatches.cjs');
  await build({
    entryPoints: [join(root, 'bench/stepBatches.ts')],
    bundle: true,
    platform: 'node',
    external: ['onnxruntime-node', 'tokenizers'],
    outfile: program,
    mainFields: ['module', 'main'],
    // As in esbuild.mjs: a CommonJS bundle has no import.meta.url.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
  await run(process.execPath, [program, configuration, String(steps), out]);
}
