import { describe, expect, it } from 'vitest';
import { add } from '../../../src/engine/graph/ops/elementwise';
import { rows } from '../../../src/engine/graph/ops/lookup';
import { input } from '../../../src/engine/graph/value';
import { runtime } from '../../support/evaluateGraph';

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
