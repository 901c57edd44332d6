import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Bundles a program that the engine starts, given by its path in src/engine, as the build would; gone with the tests. */
export function bundledProgram(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mora-program-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'program.js');
  const entry = fileURLToPath(new URL(`../../src/engine/${source}`, import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
  return outfile;
}
