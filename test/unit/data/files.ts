import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const EMBEDDED_MODEL = fileURLToPath(new URL('../../../media/model/tiny-llama-3m', import.meta.url));
export const EXAMPLE_DATA = fileURLToPath(new URL('../../../examples/data', import.meta.url));

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mora-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A data file of these lines; objects become JSON. */
export async function dataFile(...lines: (string | object)[]): Promise<string> {
  const file = join(await temporaryFolder(), 'data.jsonl');
  await writeFile(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return file;
}
