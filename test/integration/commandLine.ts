import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConfigurationInput } from '../../src/config/schema';

export const repository = path.resolve(import.meta.dirname, '../..');
const bundle = path.join(repository, 'dist', 'cli.js');
export const engineBundle = path.join(repository, 'dist', 'engine.js');

/** A random Llama of a few thousand parameters, without a tokenizer. */
export const tinyModel = path.join(repository, 'test/fixtures/oracle/llama');

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** What stdout has so far. */
  readonly stdout: () => string;
}

/** Starts `mora …` as a user would, in `cwd`. */
export function startMora(words: readonly string[], cwd: string = repository): RunningCommand {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run \`npm run build\` first`);
  const child = spawn(process.execPath, [bundle, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, outcome, stdout: () => stdout };
}

export function mora(words: readonly string[], cwd?: string): Promise<Outcome> {
  return startMora(words, cwd).outcome;
}

/** The events of `mora train --json`. */
export function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A temporary folder with data of token ids and a configuration for it. */
export async function projectFolder(): Promise<{ folder: string; file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mora-project-'));
  const lines = Array.from({ length: 24 }, (_, line) => {
    const ids = Array.from({ length: 6 + (line % 5) }, (__, index) => (7 * line + 3 * index) % 64);
    return `${JSON.stringify({ input_ids: ids })}\n`;
  });
  await writeFile(path.join(folder, 'train.jsonl'), lines.join(''));
  const file = path.join(folder, 'tiny.mora.json');
  await writeFile(file, JSON.stringify(tinyConfiguration));
  return { folder, file, remove: () => rm(folder, { recursive: true, force: true }) };
}

export const tinyConfiguration: ConfigurationInput = {
  model: tinyModel,
  data: { train: 'train.jsonl', validation: 4, maxLength: 32 },
  adapter: { method: 'mora', mode: 'sharing', rank: 2 },
  training: { steps: 3, batchSize: 4, learningRate: 1e-2, evaluateEvery: 0, saveEvery: 1, keep: 0 },
};
