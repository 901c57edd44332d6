import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Below node_modules, where a program finds the native packages that no bundle holds. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** Bundles a program that the engine starts, given by its path in src/engine, as the build would; gone with the tests. */
export function bundledProgram(source: string): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'mora-program-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'program.js');
  const entry = fileURLToPath(new URL(`../../src/engine/${source}`, import.meta.url));
  const external = ['onnxruntime-node'];
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external,
  });
  return outfile;
}
