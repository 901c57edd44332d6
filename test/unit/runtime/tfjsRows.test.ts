import { describe, expect, it } from 'vitest';
import { gradient } from '../../../src/engine/graph/gradient';
import { equal } from '../../../src/engine/graph/ops/elementwise';
import { columns, pick } from '../../../src/engine/graph/ops/lookup';
import { quantisedProduct, toFloat } from '../../../src/engine/graph/ops/quantisation';
import { argMax } from '../../../src/engine/graph/ops/reduction';
import { OPERATIONS } from '../../../src/engine/graph/ops/table';
import { constant, input, sizeOf, type Value } from '../../../src/engine/graph/value';
import type { Runtime } from '../../../src/engine/runtime/runtime';
import { openTensorFlow } from '../../../src/engine/runtime/tfjs/openTensorFlow';
import { compiled } from '../../support/evaluateGraph';
import { OPERATION_CASES } from '../../support/operationCases';
import { seededRandom } from '../../support/seededRandom';

/** Of the largest entry of a result: two implementations of tanh and of sums in float32. */
const TOLERANCE = 2e-6;

const integers = (...entries: number[]): Value => constant([entries.length], entries, 'int64');
const bytes = constant([4, 2], [3, -127, 127, 5, 0, -1, 77, 90], 'int8');
const scales = constant([2], [0.5, 0.01]);

/** Operations without a derivative, of an input [3, 4]; those of a quantised product come together. */
const CHOICES: Readonly<Record<string, (x: Value) => Value>> = {
  argMax: (x) => argMax(x),
  equal: (x) => equal(argMax(x), constant([3, 1], [2, 1, 3], 'int64')),
  columns: (x) => columns(x, integers(3, 0, 0)),
  pick: (x) => pick(x, constant([3, 1], [1, -1, 2], 'int64')),
  integerProduct: (x) => quantisedProduct(x, bytes, scales),
  toFloat: (x) => toFloat(argMax(x)),
};
const WITHIN_INTEGER_PRODUCT = ['rowScale', 'quantiseRows'];

const SAME = ['tfjs-cpu', 'tfjs-wasm'] as const;

describe.each(SAME)('on %s', (device) => {
  it.each(OPERATION_CASES.map((known) => [`${known.operation}, ${known.what}`, known] as const))(
    '%s, and its gradient, are what ONNX Runtime computes',
    async (_name, { shapes, build }) => {
      const inputs = shapes.map((shape, index) => input(`x${index}`, shape));
      const result = build(...inputs);
      const random = seededRandom(7);
      const seed = constant(result.shape, numbers(result.shape, random));
      const gradients = gradient(result, seed, inputs).map((value) => value!);
      const data = shapes.map((shape) => numbers(shape, random));
      await expectSame(await openTensorFlow(device, 1), inputs, [result, ...gradients], data);
    },
  );

  it.each(Object.entries(CHOICES))('%s is what ONNX Runtime computes', async (_name, build) => {
    const x = input('x', [3, 4]);
    const data = Float32Array.from([1, 5, 3, 0, 2, 2, -7, 0.25, 0, 0, 0, 0.125]);
    await expectSame(await openTensorFlow(device, 1), [x], [build(x)], [data]);
  });
});

it('covers every operation of the table', () => {
  const covered = [...OPERATION_CASES.map(({ operation }) => operation), ...Object.keys(CHOICES)];
  const names = OPERATIONS.map(({ name }) => name);
  expect(names.filter((name) => ![...covered, ...WITHIN_INTEGER_PRODUCT].includes(name))).toEqual([]);
});

function numbers(shape: readonly number[], random: () => number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, () => random() * 2 - 1);
}

async function expectSame(
  on: Runtime,
  inputs: readonly Value[],
  results: readonly Value[],
  data: readonly Float32Array[],
): Promise<void> {
  const [known, tried] = [await compiled(inputs, results), await compiled(inputs, results, on)];
  const [expected, found] = [await known.run(data), await tried.run(data)];
  for (const [index, values] of expected.entries()) {
    const [a, b] = [
      Array.from<bigint | number, number>(values, Number),
      Array.from<bigint | number, number>(found[index]!, Number),
    ];
    const largest = Math.max(...a.map(Math.abs), 1e-3);
    const differences = a.map((value, at) => Math.abs(value - b[at]!));
    expect(Math.max(...differences) / largest, `result ${index}`).toBeLessThan(TOLERANCE);
  }
  await known.dispose();
  await tried.dispose();
}
