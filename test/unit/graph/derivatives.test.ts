import { describe, expect, it } from 'vitest';
import { gradient } from '../../../src/engine/graph/gradient';
import { equal, multiply } from '../../../src/engine/graph/ops/elementwise';
import { reshape } from '../../../src/engine/graph/ops/layout';
import { columns, pick, rows } from '../../../src/engine/graph/ops/lookup';
import { argMax, sum } from '../../../src/engine/graph/ops/reduction';
import { OPERATIONS } from '../../../src/engine/graph/ops/table';
import { constant, input, sizeOf } from '../../../src/engine/graph/value';
import { compiled } from '../../support/evaluateGraph';
import { OPERATION_CASES } from '../../support/operationCases';
import { seededRandom } from '../../support/seededRandom';

/** Step of the central difference; the error of float32 results is about 1e-7 / STEP. */
const STEP = 1e-2;
/** Largest difference between derivative and central difference, in units of the largest difference quotient. */
const TOLERANCE = 5e-3;

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
  for (const { operation, what, shapes, build } of OPERATION_CASES) {
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
    const tested = new Set([...OPERATION_CASES.map(({ operation }) => operation), ...NOT_DIFFERENTIABLE]);
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
    // The first row has no fourth entry.
    results.push(pick(x, constant([2, 1], [3, 1], 'int64')));
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
