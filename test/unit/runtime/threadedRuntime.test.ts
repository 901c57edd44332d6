import { afterAll, describe, expect, it } from 'vitest';
import { add, multiply, scale } from '../../../src/engine/graph/ops/elementwise';
import { rows } from '../../../src/engine/graph/ops/lookup';
import { toFloat } from '../../../src/engine/graph/ops/quantisation';
import type { Program } from '../../../src/engine/graph/program';
import { input } from '../../../src/engine/graph/value';
import { BufferPool } from '../../../src/engine/runtime/bufferPool';
import { onnxRuntime } from '../../../src/engine/runtime/onnxruntime';
import { sharedReader } from '../../../src/engine/runtime/threaded/sharedReader';
import { ThreadedRuntime } from '../../../src/engine/runtime/threaded/threadedRuntime';

/** sum = x + y */
function sumOf(size: number): Program {
  const [x, y] = [input('x', [size]), input('y', [size])] as const;
  const inputs = new Map([
    ['x', x],
    ['y', y],
  ]);
  return { inputs, outputs: new Map([['sum', add(x, y)]]) };
}

const SUM = sumOf(4);
const table = input('table', [3, 2], 'int8');
const which = input('which', [4], 'int64');
/** The rows of a table of bytes that indices name. */
const LOOKUP: Program = {
  inputs: new Map([
    ['table', table],
    ['which', which],
  ]),
  outputs: new Map([['found', toFloat(rows(table, which))]]),
};

const threads = [new ThreadedRuntime({ threads: 1 }), new ThreadedRuntime({ threads: 1 })] as const;
const [first, second] = threads;
afterAll(() => {
  for (const thread of threads) thread.close();
});

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

describe('a runtime in a thread of its own', () => {
  it('reads and writes ordinary memory, as it is when a program is run', async () => {
    const program = await first.compile(SUM);
    const left = floats(1, 2, 3, 4);
    const tensors = { x: first.tensor(left, [4]), y: first.tensor(floats(10, 20, 30, 40), [4]) };
    const sum = first.tensor(floats(0, 0, 0, 0), [4]);
    await program.run(tensors, { sum });
    expect([...sum.data]).toEqual([11, 22, 33, 44]);
    left[0] = 5;
    await program.run(tensors, { sum });
    expect([...sum.data]).toEqual([15, 22, 33, 44]);
  });

  it('keeps for itself what programs leave for one another, and gives that memory on', async () => {
    const program = await first.compile(SUM);
    const pool = new BufferPool(first);
    const one = first.constant(floats(1, 1, 1, 1), [4]);
    const total = pool.tensor('total', [4]);
    const between = pool.resident('between', [4]);
    expect('data' in between).toBe(false);
    await program.run({ x: one, y: one }, { sum: between });
    await program.run({ x: between, y: one }, { sum: total });
    expect([...total.data]).toEqual([3, 3, 3, 3]);
    expect(pool.resident('between', [4])).toBe(between);
    const pair = await first.compile(sumOf(2));
    const two = first.constant(floats(2, 3), [2]);
    const other = pool.resident('between', [2]);
    const doubled = pool.tensor('doubled', [2]);
    await pair.run({ x: two, y: two }, { sum: other });
    await pair.run({ x: other, y: two }, { sum: doubled });
    expect([...doubled.data]).toEqual([6, 9]);
    // What was given up is no longer there.
    await expect(program.run({ x: between, y: one }, { sum: total })).rejects.toThrow('was not told of tensor');
    pool.dispose();
  });

  it('reads constants that others made, of every type, and another in the same place', async () => {
    const bytes = first.constant(Int8Array.of(1, 2, 3, 4, -5, -6), [3, 2]);
    const found = second.tensor(new Float32Array(8), [4, 2]);
    const program = await second.compile(LOOKUP);
    const indices = second.tensor(BigInt64Array.of(0n, 2n, 1n, 2n), [4]);
    await program.run({ table: bytes, which: indices }, { found });
    expect([...found.data]).toEqual([1, 2, -5, -6, 3, 4, -5, -6]);
    const others = second.constant(Int8Array.of(7, 7, 8, 8, 9, 9), [3, 2]);
    await program.run({ table: others, which: indices }, { found });
    expect([...found.data]).toEqual([7, 7, 9, 9, 8, 8, 9, 9]);
    // A constant that changed is read anew once its copy is dropped.
    others.data.fill(1 as never);
    second.dropCopy(others);
    await program.run({ table: others, which: indices }, { found });
    expect([...found.data]).toEqual(Array(8).fill(1));
  });

  it('runs beside others: what is asked for later and takes less is there before', async () => {
    const large = input('large', [1 << 20]);
    const long = Array.from({ length: 200 }).reduce<typeof large>((value) => scale(multiply(value, large), 1), large);
    const [slow, fast] = [
      await first.compile({ inputs: new Map([['large', large]]), outputs: new Map([['long', long]]) }),
      await second.compile(SUM),
    ];
    const ones = first.constant(new Float32Array(1 << 20).fill(1), [1 << 20]);
    const result = first.tensor(new Float32Array(1 << 20), [1 << 20]);
    const four = second.tensor(new Float32Array(4), [4]);
    const ended: string[] = [];
    await Promise.all([
      slow.run({ large: ones }, { long: result }).then(() => ended.push('long')),
      fast.run({ x: four, y: four }, { sum: four }).then(() => ended.push('short')),
    ]);
    expect(ended).toEqual(['short', 'long']);
    expect(result.data[7]).toBe(1);
  });

  it('tells of an error with the next result that is waited for, and goes on', async () => {
    const program = await first.compile(LOOKUP);
    const bytes = first.constant(new Int8Array(6), [3, 2]);
    const between = first.resident([4, 2]);
    // There is no row 9. Nobody waits for what only programs read.
    await program.run({ table: bytes, which: first.tensor(BigInt64Array.of(9n, 0n, 0n, 0n), [4]) }, { found: between });
    const found = first.tensor(new Float32Array(8), [4, 2]);
    const indices = first.tensor(new BigInt64Array(4), [4]);
    await expect(program.run({ table: bytes, which: indices }, { found })).rejects.toThrow(/indices element out of/);
    await program.run({ table: bytes, which: indices }, { found });
  });

  it('refuses what the program does not take, and runs nothing once it is closed', async () => {
    const closed = new ThreadedRuntime({ threads: 1 });
    const program = await closed.compile(SUM);
    const four = closed.tensor(new Float32Array(4), [4]);
    const three = closed.tensor(new Float32Array(3), [3]);
    await expect(program.run({ x: four }, { sum: four })).rejects.toThrow('no tensor for "y"');
    await expect(program.run({ x: four, y: three }, { sum: four })).rejects.toThrow('"y" is [3]');
    closed.close();
    await expect(program.run({ x: four, y: four }, { sum: four })).rejects.toThrow('after its thread was closed');
    await program.dispose();
  });
});

describe('a runtime of the main thread that reads what threads share', () => {
  it('copies constants once, until it forgets them, and sees what changes', async () => {
    const reader = sharedReader(onnxRuntime({ threads: 1 }));
    const program = await reader.compile(SUM);
    const constant = first.constant(floats(1, 2, 3, 4), [4]);
    const changing = first.tensor(floats(1, 1, 1, 1), [4]);
    const sum = reader.tensor(new Float32Array(4), [4]);
    await program.run({ x: constant, y: changing }, { sum });
    expect([...sum.data]).toEqual([2, 3, 4, 5]);
    changing.data.fill(2 as never);
    constant.data.fill(0 as never);
    await program.run({ x: constant, y: changing }, { sum });
    expect([...sum.data]).toEqual([3, 4, 5, 6]);
    reader.forget();
    await program.run({ x: constant, y: changing }, { sum });
    expect([...sum.data]).toEqual([2, 2, 2, 2]);
    await program.dispose();
  });
});
