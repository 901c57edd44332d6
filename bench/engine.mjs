import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/**
 * Trains `steps` steps with the project's own command on random tokens, all supervised, and returns tokens a second
 * (median and best step, warm-up left out), peak resident memory and the first losses.
 */
export async function measureEngine({ model, vocabulary, adapter, base = 'float32', batch, length, steps, warmup }) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    let state = 1;
    const token = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % vocabulary;
    };
    const lines = Array.from({ length: batch }, () => JSON.stringify({ input_ids: Array.from({ length }, token) }));
    await writeFile(join(folder, 'data.jsonl'), `${lines.join('\n')}\n`);
    const configuration = {
      model: resolve(model),
      data: { train: 'data.jsonl', validation: 0, maxLength: length },
      adapter,
      training: {
        steps: warmup + steps,
        batchSize: batch,
        learningRate: 1e-4,
        schedule: 'constant',
        warmup: 0,
        saveEvery: 0,
      },
      compute: { base },
    };
    await writeFile(join(folder, 'bench.mora.json'), JSON.stringify(configuration));
    const metrics = (await run(process.execPath, [CLI, 'train', join(folder, 'bench.mora.json'), '--json']))
      .map((line) => JSON.parse(line))
      .filter((event) => event.kind === 'step');
    const rates = metrics
      .slice(warmup)
      .map((event) => event.tokensPerSecond)
      .sort((a, b) => a - b);
    return {
      median: rates[Math.floor(rates.length / 2)],
      best: rates.at(-1),
      peakMiB: Math.max(...metrics.map((event) => event.residentBytes)) / 2 ** 20,
      losses: metrics.slice(0, 3).map((event) => event.loss),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lines of a command's standard output; rejects with its standard error when it fails. */
export function run(command, args) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0
        ? done(output.split('\n').filter(Boolean))
        : fail(new Error(`${command} ended with ${code}\n${errors}`)),
    );
  });
}
