import { describe, expect, it } from 'vitest';
import { gradient } from '../../../src/engine/graph/gradient';
import { product } from '../../../src/engine/graph/ops/contraction';
import { withDerivative } from '../../../src/engine/graph/ops/derived';
import {
  add,
  equal,
  geluTanh,
  multiply,
  scale,
  sigmoid,
  silu,
  subtract,
  tanh,
} from '../../../src/engine/graph/ops/elementwise';
import { broadcastTo, concatenate, pad, reshape, slice, transpose } from '../../../src/engine/graph/ops/layout';
import { columns, pick, rows, scatterRows } from '../../../src/engine/graph/ops/lookup';
import { inverseRms, rmsNorm } from '../../../src/engine/graph/ops/normalisation';
import { rotary } from '../../../src/engine/graph/ops/position';
import { argMax, logSumExp, softmax, sum } from '../../../src/engine/graph/ops/reduction';
import { OPERATIONS } from '../../../src/engine/graph/ops/table';
import { constant, input, sizeOf, type Value } from '../../../src/engine/graph/value';
import { attention } from '../../../src/engine/models/attention';
import { compiled } from '../../support/evaluateGraph';
import { seededRandom } from '../../support/seededRandom';

/** Step of the central difference; the error of float32 results is about 1e-7 / STEP. */
const STEP = 1e-2;
/** Largest difference between derivative and central difference, in units of the largest difference quotient. */
const TOLERANCE = 5e-3;

interface Case {
  readonly operation: string;
  readonly what: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: (...x: Value[]) => Value;
}

const given = (operation: string, what: string, shapes: Case['shapes'], build: Case['build']): Case => ({
  operation,
  what,
  shapes,
  build,
});

const positions = constant([2, 3], [0, 1, 2, 0, 0, 1], 'int64');
const cosines = constant([3, 2], [1, 1, Math.cos(1), Math.cos(0.1), Math.cos(2), Math.cos(0.2)]);
const sines = constant([3, 2], [0, 0, Math.sin(1), Math.sin(0.1), Math.sin(2), Math.sin(0.2)]);
const causal = (length: number): Value =>
  constant(
    [1, length, length],
    Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e30 : 0)),
  );

const CHOSEN = constant([3], [2, 0, 2], 'int64');

const SHAPE = { heads: 4, keyValueHeads: 2, headSize: 2, attentionScale: Math.SQRT1_2, attentionSoftcap: undefined };

const CASES: readonly Case[] = [
  given('add', 'with broadcasting', [[2, 3], [3]], (a, b) => add(a, b)),
  given(
    'subtract',
    'with broadcasting',
    [
      [1, 3],
      [2, 3],
    ],
    (a, b) => subtract(a, b),
  ),
  given(
    'multiply',
    'with broadcasting',
    [
      [2, 1, 3],
      [4, 1],
    ],
    (a, b) => multiply(a, b),
  ),
  given('scale', 'by a number', [[5]], (x) => scale(x, -2.5)),
  given('sigmoid', 'entry by entry', [[3, 4]], (x) => sigmoid(x)),
  given('silu', 'entry by entry', [[3, 4]], (x) => silu(x)),
  given('tanh', 'entry by entry', [[3, 4]], (x) => tanh(x)),
  given('geluTanh', 'entry by entry', [[3, 4]], (x) => geluTanh(x)),
  given('sum', 'over a middle axis', [[2, 3, 4]], (x) => sum(x, [1])),
  given('sum', 'over two axes', [[2, 3, 4]], (x) => sum(x, [0, -1])),
  given('softmax', 'over the last axis', [[3, 5]], (x) => softmax(x)),
  given('logSumExp', 'over the last axis', [[3, 5]], (x) => logSumExp(x)),
  given('reshape', 'to two axes', [[2, 3, 2]], (x) => reshape(x, [4, 3])),
  given('transpose', 'of three axes', [[2, 3, 4]], (x) => transpose(x, [2, 0, 1])),
  given('broadcast', 'of an inner axis', [[2, 1, 3]], (x) => broadcastTo(x, [2, 4, 3])),
  given('slice', 'of a middle axis', [[2, 5, 2]], (x) => slice(x, 1, 1, 4)),
  given('pad', 'on both sides', [[2, 3]], (x) => pad(x, 1, 1, 2)),
  given(
    'concatenate',
    'of three parts',
    [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    (...parts) => concatenate(parts, 1),
  ),
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      given(
        'product',
        `of matrices${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`,
        [transposeA ? [4, 3] : [3, 4], transposeB ? [5, 4] : [4, 5]],
        (a, b) => product(a, b, { transposeA, transposeB, alpha: 0.7 }),
      ),
    ),
  ),
  given(
    'product',
    'of stacks with broadcasting',
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    (a, b) => product(a, b),
  ),
  given('inverseRms', 'over the last axis', [[3, 4]], (x) => inverseRms(x, 1e-3)),
  given('rmsNorm', 'of input and weight', [[3, 4], [4]], (x, w) => rmsNorm(x, w, 1e-3)),
  given('rotary', 'of two heads', [[2, 3, 8]], (x) => rotary(x, positions, cosines, sines, 2)),
  given('rotary', 'of the first numbers of each head', [[2, 3, 12]], (x) => rotary(x, positions, cosines, sines, 2)),
  given('rows', 'of a table, one of them twice', [[4, 3]], (table) => rows(table, CHOSEN)),
  given('scatterRows', 'into a table, two into one', [[3, 2]], (added) => scatterRows(added, CHOSEN, 4)),
  given('derived', 'by its own rule', [[3]], (x) =>
    withDerivative(multiply(x, x), [x], (g) => [scale(multiply(g, x), 2)]),
  ),
  given(
    'derived',
    'attention with grouped queries',
    [
      [1, 5, 8],
      [1, 5, 4],
      [1, 5, 4],
    ],
    (q, k, v) => attention(q, k, v, causal(5), SHAPE),
  ),
  given(
    'derived',
    'attention with bounded scores',
    [
      [1, 5, 8],
      [1, 5, 4],
      [1, 5, 4],
    ],
    (q, k, v) => attention(q, k, v, causal(5), { ...SHAPE, attentionSoftcap: 0.5 }),
  ),
];

/** Results that are whole numbers or choices have no derivative; columns are used in rules that have their own. */
/** Those of quantisation are tested in quantisation.test.ts. */
const NOT_DIFFERENTIABLE = [
  'equal',
  'argMax',
  'columns',
  'pick',
  'rowScale',
  'quantiseRows',
  'integerProduct',
  'toFloat',
];

describe('the derivative agrees with numeric differences', () => {
  for (const { operation, what, shapes, build } of CASES) {
    it(`${operation}, ${what}`, async () => {
      const random = seededRandom(7);
      const inputs = shapes.map((shape, index) => input(`x${index}`, shape));
      const result = build(...inputs);
      const weights = constant(
        result.shape,
        Float32Array.from({ length: sizeOf(result.shape) }, () => random() * 2 - 1),
      );
      const total = sum(reshape(multiply(result, weights), [sizeOf(result.shape)]), [0]);
      const gradients = gradient(total, constant([1], [1]), inputs).map((value) => value!);
      const graph = await compiled(inputs, [total, ...gradients]);
      const data = shapes.map((shape) => Float32Array.from({ length: sizeOf(shape) }, () => random() * 2 - 1));
      const [, ...exact] = await graph.run(data);
      for (const [index, values] of data.entries()) {
        const numeric = new Float32Array(values.length);
        for (let i = 0; i < values.length; i++) {
          const at = async (offset: number): Promise<number> => {
            const moved = data.map((array, other) =>
              other === index ? array.map((x, j) => (j === i ? x + offset : x)) : array,
            );
            return Number((await graph.run(moved))[0]![0]);
          };
          numeric[i] = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
        }
        const largest = Math.max(0.1, ...numeric.map(Math.abs));
        for (let i = 0; i < values.length; i++) {
          expect(
            Math.abs(numeric[i]! - Number(exact[index]![i])) / largest,
            `entry ${i} of input ${index}`,
          ).toBeLessThan(TOLERANCE);
        }
      }
      await graph.dispose();
    });
  }

  it('for every operation of the table that has one', () => {
    const tested = new Set([...CASES.map(({ operation }) => operation), ...NOT_DIFFERENTIABLE]);
    expect(OPERATIONS.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
    for (const operation of OPERATIONS) {
      expect(operation.derivative === undefined, operation.name).toBe(NOT_DIFFERENTIABLE.includes(operation.name));
    }
  });
});

describe('what has no derivative computes', () => {
  it('equal, argMax, rows, columns and pick', async () => {
    const x = input('x', [2, 3]);
    const best = argMax(x);
    const results = [best, equal(best, constant([2, 1], [2, 2], 'int64')), rows(x, constant([3], [1, 0, 1], 'int64'))];
    results.push(columns(x, constant([4], [2, 0, 0, 1], 'int64')), pick(x, constant([2, 1], [2, 0], 'int64')));
    // Entries counted from 3: the first row's fourth is none of its three, the second's is its second.
    results.push(pick(x, constant([2, 1], [6, 4], 'int64'), 3));
    const graph = await compiled([x], results);
    const found = await graph.run([Float32Array.from([1, 5, 3, 0, 2, 9])]);
    expect([...found[0]!].map(Number)).toEqual([1, 2]);
    expect([...found[1]!]).toEqual([0, 1]);
    expect([...found[2]!]).toEqual([0, 2, 9, 1, 5, 3, 0, 2, 9]);
    expect([...found[3]!]).toEqual([3, 1, 1, 5, 9, 0, 0, 2]);
    expect([...found[4]!]).toEqual([3, 0]);
    expect([...found[5]!]).toEqual([0, 2]);
    await graph.dispose();
  });
});
