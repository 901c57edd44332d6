import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProfileEvent } from '../../../bench/profileTimes';
import { add, sigmoid, tanh } from '../../../src/engine/graph/ops/elementwise';
import { rows } from '../../../src/engine/graph/ops/lookup';
import { after } from '../../../src/engine/graph/ops/order';
import { input, type Value } from '../../../src/engine/graph/value';
import { onnxRuntime } from '../../../src/engine/runtime/onnxruntime';
import type { HostTensor } from '../../../src/engine/runtime/runtime';
import { runtime } from '../../support/evaluateGraph';

/** The types of the ops that a program runs, in their order. */
async function order(outputs: ReadonlyMap<string, Value>, x: Value): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mora-order-'));
  const profiled = onnxRuntime({ threads: 1, profile: join(folder, 'run') });
  const program = await profiled.compile({ inputs: new Map([['x', x]]), outputs });
  const tensor = (): HostTensor => profiled.tensor(new Float32Array(2), [2]);
  await program.run({ x: tensor() }, Object.fromEntries([...outputs.keys()].map((name) => [name, tensor()])));
  await program.dispose();
  const [file = ''] = await readdir(folder);
  const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[];
  await rm(folder, { recursive: true });
  return events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .sort((a, b) => a.ts - b.ts)
    .map(({ args }) => args?.op_name ?? '');
}

it('runs what has to be earlier earlier, which it would not do by itself', async () => {
  const x = input('x', [2]);
  const first = sigmoid(x);
  const named = (last: Value): ReadonlyMap<string, Value> =>
    new Map([
      ['first', first],
      ['last', last],
    ]);
  const own = await order(named(tanh(x)), x);
  expect(own.indexOf('Tanh')).toBeLessThan(own.indexOf('Sigmoid'));
  // The operand of a result, and a result itself.
  for (const last of [tanh(after(x, [first])), after(tanh(x), [first])]) {
    const asked = await order(named(last), x);
    expect(asked.filter((op) => op === 'Sigmoid' || op === 'Tanh').toSorted()).toEqual(['Sigmoid', 'Tanh']);
    expect(asked).toContain('Unsqueeze');
  }
  const asked = await order(named(tanh(after(x, [first]))), x);
  expect(asked.indexOf('Sigmoid')).toBeLessThan(asked.indexOf('Tanh'));
});

it('computes nothing only because something else would come after it', async () => {
  const x = input('x', [2]);
  const ops = await order(new Map([['last', tanh(after(x, [sigmoid(x)]))]]), x);
  expect(ops).toContain('Tanh');
  expect(ops).not.toContain('Sigmoid');
});

describe('a compiled program', () => {
  it('writes every result into the tensor that it was given, run after run', async () => {
    const [a, b] = [input('a', [3]), input('b', [3])];
    const program = await runtime.compile({
      inputs: new Map([
        ['a', a],
        ['b', b],
      ]),
      outputs: new Map([
        ['once', add(a, b)],
        ['twice', add(add(a, b), add(a, b))],
      ]),
    });
    const tensor = (...values: number[]) => runtime.tensor(Float32Array.from(values), [3]);
    const [once, twice] = [tensor(0, 0, 0), tensor(0, 0, 0)];
    await program.run({ a: tensor(1, 2, 3), b: tensor(1, 1, 1) }, { once, twice });
    expect([...once.data, ...twice.data]).toEqual([2, 3, 4, 4, 6, 8]);
    await program.run({ a: tensor(0, 0, 1), b: tensor(5, 5, 5) }, { once, twice });
    expect([...once.data, ...twice.data]).toEqual([5, 5, 6, 10, 10, 12]);
    await program.dispose();
  });

  it('reports what goes wrong while it runs', async () => {
    const [table, indices] = [input('table', [2, 2]), input('indices', [1], 'int64')];
    const program = await runtime.compile({
      inputs: new Map([
        ['table', table],
        ['indices', indices],
      ]),
      outputs: new Map([['row', rows(table, indices)]]),
    });
    const run = program.run(
      {
        table: runtime.tensor(new Float32Array(4), [2, 2]),
        indices: runtime.tensor(BigInt64Array.of(7n), [1]),
      },
      { row: runtime.tensor(new Float32Array(2), [1, 2]) },
    );
    await expect(run).rejects.toThrow(/indices element out of data bounds/);
    await program.dispose();
  });
});
