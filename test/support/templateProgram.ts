import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * Stands in for the product's module of this name, whose program lies beside the built engine: tests run sources, so it
 * is bundled here, once a process.
 */
export const TEMPLATE_PROGRAM = bundle();

function bundle(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mora-templates-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'templates.js');
  const entry = fileURLToPath(new URL('../../src/engine/data/chat/templateProcess.ts', import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
  return outfile;
}
