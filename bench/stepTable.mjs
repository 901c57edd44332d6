import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADAPTERS } from './adapters.mjs';
import { frozenOperations, productLimit } from './productLimit.mjs';
import { bundled, measured } from './source.mjs';

/** Share of a step from which an op is named. */
const NAMED = 0.01;

/**
 * Prints where the time of whole steps goes, by kind of op, and how near their frozen products come to the speed that
 * such products reach by themselves. The same steps run without the profiler too, in turn, to tell what it costs.
 */
export async function printStepTable({ model, shape, method, base, batch, length, steps, warmup }) {
  const limit = (await productLimit(shape, { peer: false })).here[base];
  const given = { model, base, adapter: ADAPTERS[method], batch, length, steps, warmup };
  const program = await bundled('stepProfile');
  const plain = await measured(program, given);
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    const { step, replicas, runs, ops } = await measured(program, { ...given, profiles: folder });
    const kinds = Object.entries(ops).map(([kind, times]) => {
      const named = Object.entries(times).toSorted(([, a], [, b]) => b - a);
      const largest = named.filter(([, time]) => time >= NAMED * step).map(([op, time]) => `${op} ${time.toFixed(0)}`);
      return { kind, time: sum(Object.values(times)), largest: largest.join(', ') };
    });
    kinds.sort((a, b) => b.time - a.time);
    const inOps = sum(kinds.map(({ time }) => time));
    const rows = [
      ...kinds,
      { kind: 'between ops: ONNX Runtime and its profiler', time: runs - inOps, largest: '' },
      { kind: 'JavaScript, copies between threads and waiting', time: step - runs, largest: '' },
      { kind: 'a step', time: step, largest: '' },
    ];
    console.log(
      `${method}, ${base}, ${batch} × ${length} tokens, all supervised, ${steps} steps after ${warmup}, ${replicas} side by side\n`,
    );
    console.log('| what | ms a step | share | ops of at least 1 %, ms |');
    console.log('|---|---|---|---|');
    for (const { kind, time, largest } of rows) {
      console.log(`| ${kind} | ${time.toFixed(0)} | ${((100 * time) / step).toFixed(1)} % | ${largest} |`);
    }
    const operations = batch * length * frozenOperations(shape);
    const percent = (share) => `${(100 * share).toFixed(0)} %`;
    const rate = (time) => ((1000 * batch * length) / time).toFixed(0);
    const alone = operations / limit / 1e6;
    console.log(
      `\nfrozen products by themselves${base === 'int8' ? ', their input quantised anew each time' : ''}: ${limit.toFixed(0)} GFLOP/s, ${percent(alone / plain.step)} of a step`,
    );
    // Float32 products are of attention and adapters too, so a float32 base's cannot be told apart.
    if (base === 'int8') {
      const speed = operations / kinds.find(({ kind }) => kind === 'integer products').time / 1e6;
      console.log(`in the step: ${speed.toFixed(0)} GFLOP/s, ${percent(speed / limit)} of that`);
    }
    console.log(`${rate(step)} tokens/s with the profiler, ${rate(plain.step)} without`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sum(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}
