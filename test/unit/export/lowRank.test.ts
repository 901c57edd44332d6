import { afterAll, describe, expect, it } from 'vitest';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { StructuredParameters } from '../../../src/engine/adapters/mora/official';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import { layerPermutation } from '../../../src/engine/checkpoint/layerPermutation';
import { bestLowRank } from '../../../src/engine/export/lowRank/bestLowRank';
import { exactLoraOf } from '../../../src/engine/export/lowRank/exactFactors';
import { matrixProducts } from '../../../src/engine/export/lowRank/matrixProducts';
import { largestDifference, randomOrthogonal, times, transpose } from '../../support/dense';
import { denseDelta } from '../../support/denseDelta';
import { jacobiSingularValues } from '../../support/jacobiSingularValues';
import { gaussians, gaussians32, seededRandom } from '../../support/seededRandom';

const products = matrixProducts();
afterAll(() => products.dispose());

const normal = (seed: number) => {
  const random = seededRandom(seed);
  return () => gaussians(1, random)[0]!;
};

/** U diag(σ) Vᵀ with random orthogonal U and V. */
function withSingularValues(sigma: readonly number[], rows: number, cols: number): Float32Array {
  const random = seededRandom(rows * 31 + cols);
  const u = randomOrthogonal(rows, (count) => gaussians(count, random));
  const v = randomOrthogonal(cols, (count) => gaussians(count, random));
  const middle = new Float64Array(rows * cols);
  sigma.forEach((value, i) => (middle[i * cols + i] = value));
  return Float32Array.from(times(times(u, middle, rows, rows, cols), v, rows, cols, cols));
}

/** The orthogonal matrix [n, n] of the discrete cosine transform. */
function cosines(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, index) => {
    const [i, k] = [Math.floor(index / n), index % n];
    return Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * (i + 0.5) * k) / n);
  });
}

/** ‖W − BA‖ / ‖W‖. */
async function errorOf(
  values: Float32Array,
  rows: number,
  cols: number,
  rank: number,
  optimum?: number,
): Promise<number> {
  const found = await bestLowRank({ rows, cols, values }, rank, optimum, products, normal(1));
  expect([found.rank, found.a.length, found.b.length]).toEqual([rank, rank * cols, rows * rank]);
  const product = times(found.b, found.a, rows, rank, cols);
  const squares = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(product.map((value, i) => value - values[i]!)) / squares(values));
}

/** √(Σ_{k>rank} σ² / Σ σ²) by rotations, which have nothing in common with what is tested. */
function leastError(
  values: Float32Array,
  rows: number,
  cols: number,
  rank: number,
): { error: number; captured: number } {
  const squares = jacobiSingularValues(Float64Array.from(values), rows, cols).map((sigma) => sigma ** 2);
  const sum = (part: Float64Array): number => part.reduce((total, value) => total + value, 0);
  return { error: Math.sqrt(sum(squares.subarray(rank)) / sum(squares)), captured: sum(squares.subarray(0, rank)) };
}

describe('the best matrix of a rank', () => {
  const shapes: [what: string, rows: number, cols: number, values: (rows: number, cols: number) => Float32Array][] = [
    ['random, tall', 70, 40, (rows, cols) => gaussians32(rows * cols, seededRandom(2))],
    ['random, wide', 40, 70, (rows, cols) => gaussians32(rows * cols, seededRandom(3))],
    [
      'with values that fall fast',
      60,
      50,
      (rows, cols) =>
        withSingularValues(
          Array.from({ length: 50 }, (_, i) => 2 ** -i),
          rows,
          cols,
        ),
    ],
    [
      'with values that hardly fall',
      50,
      60,
      (rows, cols) =>
        withSingularValues(
          Array.from({ length: 50 }, (_, i) => 1 - i / 1000),
          rows,
          cols,
        ),
    ],
    ['with values all equal', 30, 30, (rows, cols) => withSingularValues(new Array<number>(30).fill(3), rows, cols)],
    [
      'of MoRA type 6',
      48,
      96,
      (rows, cols) => {
        const structure = moraStructure({ dIn: cols, dOut: rows, rank: 2, type: 6 });
        return structure.deltaWeight({ M: gaussians32(structure.parameterCount, seededRandom(4)) });
      },
    ],
  ];

  it.each(shapes)('%s: is as near as the singular values allow', async (_, rows, cols, make) => {
    const values = make(rows, cols);
    for (const rank of [1, 4, 17]) {
      const { error, captured } = leastError(values, rows, cols, rank);
      expect(await errorOf(values, rows, cols, rank, captured)).toBeLessThan(error * (1 + 1e-4) + 1e-6);
      expect(await errorOf(values, rows, cols, rank)).toBeLessThan(error * (1 + 1e-3) + 1e-6);
    }
  });

  it('needs restarts where the matrix is larger than the basis, and finds it all the same', async () => {
    // 220 values of which the tenth and eleventh are a thousandth apart; their exact sum is known.
    const sigma = Array.from({ length: 220 }, (_, i) => 1 / (1 + i / 100));
    const [u, v] = [cosines(240), cosines(220)];
    const scaled = u.map((value, index) => value * (sigma[index % 240] ?? 0));
    const narrow = Float64Array.from({ length: 240 * 220 }, (_, i) => scaled[Math.floor(i / 220) * 240 + (i % 220)]!);
    const values = Float32Array.from(times(narrow, transpose(v, 220, 220), 240, 220, 220));
    const squares = sigma.map((value) => value ** 2);
    const sum = (part: number[]): number => part.reduce((total, value) => total + value, 0);
    const error = Math.sqrt(sum(squares.slice(10)) / sum(squares));
    expect(await errorOf(values, 240, 220, 10, sum(squares.slice(0, 10)))).toBeLessThan(error * (1 + 1e-4));
  });

  it('is the matrix itself where its rank is as small', async () => {
    const values = withSingularValues([5, 3, 1e-3], 40, 30);
    expect(await errorOf(values, 40, 30, 3, 25 + 9 + 1e-6)).toBeLessThan(1e-6);
  });

  it('of zero is zero', async () => {
    const { a, b } = await bestLowRank({ rows: 5, cols: 4, values: new Float32Array(20) }, 2, 0, products, normal(1));
    expect([...a, ...b].every((value) => value === 0)).toBe(true);
  });
});

describe('an exact LoRA', () => {
  const mora = (type: number, dIn: number, dOut: number, seed: number, merge = 0): StructuredParameters => {
    const linear = { layer: 0, module: 'q_proj', name: 'q', dIn, dOut };
    const permutation = merge === 0 ? null : layerPermutation({ seed: 9, merge }, linear);
    return withParameters(moraStructure({ dIn, dOut, rank: 1, type, permutation }), seed);
  };
  const withParameters = (structure: AdapterStructure, seed: number): StructuredParameters => ({
    structure,
    parameters: Object.fromEntries(
      [...structure.parameterShapes].map(([name, [rows, cols]], i) => [
        name,
        gaussians32(rows * cols, seededRandom(seed + 100 * i)),
      ]),
    ),
  });
  const productOf = (parts: readonly StructuredParameters[]): { rank: number; delta: Float64Array } => {
    const { rank, factors } = exactLoraOf(parts)!;
    const { dIn, dOut } = parts[0]!.structure;
    const { a, b, rank: made } = factors();
    expect(made).toBe(rank);
    return { rank, delta: times(b, a, dOut, rank, dIn) };
  };

  it.each([1, 2, 3, 4])('of MoRA type %i has rank r̂ and is ΔW', (type) => {
    for (const [dIn, dOut] of [
      [40, 40],
      [41, 23],
      [23, 50],
    ] as const) {
      const part = mora(type, dIn, dOut, type);
      const rHat = (part.structure as { rHat?: number }).rHat!;
      const { rank, delta } = productOf([part]);
      expect(rank).toBe(rHat);
      const expected = denseDelta({ dIn, dOut, rHat, type }, part.parameters.M!);
      expect(largestDifference(delta, expected)).toBeLessThan(1e-6);
    }
  });

  it('of several merges shares what their groups have in common, and is their sum', () => {
    const [dIn, dOut] = [60, 72];
    const parts = [1, 2, 3, 4, 1].map((type, i) => mora(type, dIn, dOut, i));
    const rHat = (parts[0]!.structure as { rHat?: number }).rHat!;
    const { rank, delta } = productOf(parts);
    // Two groupings of the inputs, whatever the number of merges.
    expect(rank).toBe(2 * rHat);
    const sum = parts
      .map(({ structure, parameters }) =>
        denseDelta({ dIn, dOut, rHat, type: (structure as { type?: number }).type! }, parameters.M!),
      )
      .reduce((total, part) => total.map((value, i) => value + part[i]!));
    expect(largestDifference(delta, sum)).toBeLessThan(1e-5);
  });

  it('of shuffled merges grows with them, up to the layer', () => {
    const parts = [0, 1, 2].map((merge) => mora(1, 60, 72, merge, merge));
    const rHat = (parts[0]!.structure as { rHat?: number }).rHat!;
    const deltas = parts.map(({ structure, parameters }) => structure.deltaWeight(parameters));
    const sum = deltas[0]!.map((value, i) => value + deltas[1]![i]! + deltas[2]![i]!);
    const three = productOf(parts);
    expect(three.rank).toBe(3 * rHat);
    expect(largestDifference(three.delta, sum)).toBeLessThan(1e-5);
    const many = Array.from({ length: 12 }, (_, merge) => mora(1, 60, 72, merge, merge));
    const whole = productOf(many);
    expect(whole.rank).toBe(60);
    const total = many
      .map(({ structure, parameters }) => structure.deltaWeight(parameters))
      .reduce((all, part) => all.map((value, i) => value + part[i]!));
    expect(largestDifference(whole.delta, total)).toBeLessThan(1e-5);
  });

  it('of merged LoRAs adds their ranks and scales', () => {
    const parts = [1, 2].map((rank) =>
      withParameters(loraStructure({ dIn: 20, dOut: 30, rank: 3, alpha: 6 * rank }), rank),
    );
    const deltas = parts.map(({ structure, parameters }) => structure.deltaWeight(parameters));
    const { rank, delta } = productOf(parts);
    expect(rank).toBe(6);
    expect(
      largestDifference(
        delta,
        deltas[0]!.map((value, i) => value + deltas[1]![i]!),
      ),
    ).toBeLessThan(1e-5);
  });

  it('does not exist for rotation, which has full rank', () => {
    expect(exactLoraOf([mora(6, 40, 40, 1)])).toBeUndefined();
    expect(exactLoraOf([mora(1, 40, 40, 1), mora(6, 40, 40, 2)])).toBeUndefined();
  });
});
