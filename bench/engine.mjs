import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/**
 * Trains `steps` steps with the project's own command on random tokens, all supervised, and returns tokens a second
 * (median and best step, warm-up left out), peak resident memory of its process and the first losses.
 */
export async function measureEngine({
  model,
  vocabulary,
  adapter,
  base = 'float32',
  memory,
  batch,
  length,
  steps,
  warmup,
}) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    await writeFile(join(folder, 'data.jsonl'), randomLines(batch, length, vocabulary));
    const file = join(folder, 'bench.mora.json');
    const data = { train: 'data.jsonl', maxLength: length };
    await writeFile(file, speedConfiguration({ model, data, adapter, base, memory, batch, steps: warmup + steps }));
    return await measureTraining(file, warmup);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A configuration, as text, of nothing but `steps` steps on the CPU: no evaluation, no save before the last. */
export function speedConfiguration({ model, data, adapter, base, memory = null, batch, steps }) {
  return JSON.stringify({
    model: resolve(model),
    data: { validation: 0, ...data },
    adapter,
    training: { steps, batchSize: batch, learningRate: 1e-4, schedule: 'constant', warmup: 0, saveEvery: 0 },
    compute: { base, memory, device: 'cpu' },
  });
}

/** Trains a configuration; tokens a second are without padding, of the steps after the first `warmup`. */
export async function measureTraining(file, warmup) {
  let pid;
  let peakKiB = 0;
  const onLine = (line) => {
    const event = JSON.parse(line);
    pid = event.kind === 'status' ? event.pid : pid;
    if (event.kind === 'step') peakKiB = Math.max(peakKiB, peakOf(pid) ?? event.residentBytes / 1024);
  };
  const metrics = (await run(process.execPath, [CLI, 'train', file, '--json'], { onLine }))
    .map((line) => JSON.parse(line))
    .filter((event) => event.kind === 'step');
  const rates = metrics
    .slice(warmup)
    .map((event) => event.tokensPerSecond)
    .sort((a, b) => a - b);
  return {
    median: rates[Math.floor(rates.length / 2)],
    best: rates.at(-1),
    peakMiB: peakKiB / 1024,
    losses: metrics.slice(0, 3).map((event) => event.loss),
  };
}

/** Most memory that a process held so far, in KiB, where the system says it (Linux). */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}

/** JSON Lines of examples of random tokens, all supervised. */
export function randomLines(examples, length, vocabulary) {
  let state = 1;
  const token = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % vocabulary;
  };
  const lines = Array.from({ length: examples }, () => JSON.stringify({ input_ids: Array.from({ length }, token) }));
  return `${lines.join('\n')}\n`;
}

/** Lines of a command's standard output, each told as it comes; rejects with its standard error when it fails. */
export function run(command, args, { onLine = () => undefined, env = process.env } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      const told = output.lastIndexOf('\n') + 1;
      output += chunk;
      const whole = output.lastIndexOf('\n') + 1;
      for (const line of output.slice(told, whole).split('\n').filter(Boolean)) onLine(line);
    });
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0
        ? done(output.split('\n').filter(Boolean))
        : fail(new Error(`${command} ended with ${code}\n${errors}`)),
    );
  });
}
