import { describe, expect, it } from 'vitest';
import { bidiagonalSingularValues } from '../../../src/analysis/bidiagonalSingularValues';
import { bidiagonalOfCoupled, bidiagonalOfUpper, coupledBands } from '../../../src/analysis/coupledBands';
import { joined, type Block, type CoupledBlocks } from '../../../src/analysis/coupledBlocks';
import { coupledSingularValues } from '../../../src/analysis/coupledSingularValues';
import { singularValues } from '../../../src/analysis/singularValues';
import { largestDifference, times } from '../../support/dense';
import { jacobiSingularValues } from '../../support/jacobiSingularValues';
import { gaussians, seededRandom } from '../../support/seededRandom';

const random = seededRandom(5);

function gaussian(rows: number, cols: number): Block {
  return { rows, cols, values: gaussians(rows * cols, random) };
}

function ofRank(rank: number, rows: number, cols: number): Block {
  const [left, right] = [gaussian(rows, rank), gaussian(rank, cols)];
  return { rows, cols, values: times(left.values, right.values, rows, rank, cols) };
}

function expected(blocks: CoupledBlocks): Float64Array {
  const { rows, cols, values } = joined(blocks);
  return jacobiSingularValues(values, rows, cols);
}

/** By the bands, however small the blocks are. */
function byBands(blocks: CoupledBlocks, width: number, form = bidiagonalOfCoupled): Float64Array {
  const bands = coupledBands(blocks, width);
  return bidiagonalSingularValues(form(bands)).map((value) => value / (bands.scale || 1));
}

function checkBands(blocks: CoupledBlocks, width: number): void {
  const values = expected(blocks);
  const found = byBands(blocks, width);
  expect(largestDifference(found.subarray(0, values.length), values)).toBeLessThan(1e-13 * values[0]!);
  expect(found.subarray(values.length).every((value) => value < 1e-13 * values[0]!)).toBe(true);
}

describe('two blocks that share columns, made a band,', () => {
  it.each([
    [1, 1, 1, 1, 1, 1],
    [4, 4, 4, 4, 1, 1],
    [12, 12, 12, 12, 3, 3],
    [12, 12, 12, 12, 3, 5],
    [17, 17, 17, 17, 8, 8],
    [24, 24, 24, 24, 23, 23],
    [24, 24, 24, 24, 24, 24],
    [30, 30, 7, 30, 4, 4],
    [30, 30, 2, 30, 6, 6],
    [3, 30, 30, 30, 6, 6],
    [9, 14, 20, 11, 5, 5],
    [20, 11, 9, 14, 5, 7],
    [21, 9, 26, 13, 4, 4],
    [10, 10, 10, 10, 2, 32],
  ])(
    'have the values of Jacobi rotations: %i × %i and %i × %i, %i shared, width %i',
    (ur, uc, lr, lc, shared, width) => {
      checkBands({ upper: gaussian(ur, uc), lower: gaussian(lr, lc), shared }, width);
    },
  );

  it.each([
    [1, 1, 1],
    [12, 12, 3],
    [12, 12, 40],
    [9, 20, 6],
    [20, 9, 6],
  ])('have those of the upper one alone: %i × %i, width %i', (rows, cols, width) => {
    const upper = gaussian(rows, cols);
    const values = byBands({ upper, lower: gaussian(7, cols), shared: 1 }, width, bidiagonalOfUpper);
    const own = jacobiSingularValues(upper.values, rows, cols);
    expect(values).toHaveLength(own.length);
    expect(largestDifference(values, own)).toBeLessThan(1e-13 * own[0]!);
  });

  it('have the values of both where they share none', () => {
    const [upper, lower] = [gaussian(14, 10), gaussian(9, 12)];
    const values = byBands({ upper, lower, shared: 0 }, 3);
    const each = [upper, lower].flatMap(({ rows, cols, values: entries }) => [
      ...jacobiSingularValues(entries, rows, cols),
    ]);
    expect(
      largestDifference(
        values.subarray(0, 19),
        each.sort((a, b) => b - a),
      ),
    ).toBeLessThan(1e-13 * each[0]!);
  });

  it.each([0, 1, 3])('see that they have rank %i', (rank) => {
    const upper = rank === 0 ? { rows: 15, cols: 15, values: new Float64Array(225) } : ofRank(rank, 15, 15);
    const lower = { ...upper, values: upper.values.map((x, i) => x * (1 + (i % 15))) };
    const values = byBands({ upper, lower, shared: 4 }, 4);
    const rows = expected({ upper, lower, shared: 4 });
    expect(largestDifference(values, rows)).toBeLessThan(1e-13 * Math.max(1, rows[0]!));
    expect(values.filter((value) => value > 1e-12 * rows[0]!)).toHaveLength(2 * rank);
  });

  it('keep small values beside large ones', () => {
    const [upper, lower] = [gaussian(20, 20), gaussian(20, 20)];
    upper.values.forEach((x, i) => (upper.values[i] = x * 10 ** -Math.floor(i / 40)));
    lower.values.forEach((x, i) => (lower.values[i] = x * 1e-5));
    checkBands({ upper, lower, shared: 5 }, 5);
  });
});

describe('singular values of coupled blocks', () => {
  const shared = 9;
  // So large that the bands are cheaper than one matrix.
  const blocks = { upper: gaussian(220, 220), lower: gaussian(220, 220), shared };

  it('are those of one matrix where few columns are shared', () => {
    const { rows, cols, values: entries } = joined(blocks);
    const values = singularValues(entries, rows, cols);
    const found = coupledSingularValues(blocks);
    expect(found).toHaveLength(values.length);
    expect(largestDifference(found, values)).toBeLessThan(1e-13 * values[0]!);
  });

  it('are those of Jacobi rotations where most are', () => {
    const most = { upper: gaussian(40, 40), lower: gaussian(31, 40), shared: 37 };
    const values = expected(most);
    expect(largestDifference(coupledSingularValues(most), values)).toBeLessThan(1e-13 * values[0]!);
  });

  it.each([1e-300, 1e300])('scale with them, by %f', (factor) => {
    const scaled = ({ rows, cols, values }: Block): Block => ({ rows, cols, values: values.map((x) => x * factor) });
    const found = coupledSingularValues({ upper: scaled(blocks.upper), lower: scaled(blocks.lower), shared });
    const values = coupledSingularValues(blocks);
    expect(
      largestDifference(
        found.map((value) => value / factor),
        values,
      ),
    ).toBeLessThan(1e-13 * values[0]!);
  });

  it.each([9, 25])('of float32 are those of float64 but for rounding, %i columns shared', (sharedColumns) => {
    const single = ({ rows, cols, values }: Block): Block => ({ rows, cols, values: Float32Array.from(values) });
    const upper = single(blocks.upper);
    const lower = single(blocks.lower);
    const doubled = ({ rows, cols, values }: Block): Block => ({ rows, cols, values: Float64Array.from(values) });
    const found = coupledSingularValues({ upper, lower, shared: sharedColumns });
    const values = coupledSingularValues({ upper: doubled(upper), lower: doubled(lower), shared: sharedColumns });
    expect(found).toHaveLength(values.length);
    expect(largestDifference(found, values)).toBeLessThan(4 * 2 ** -23 * values[0]!);
  });

  it('are 0 for zeros', () => {
    const zeros = { rows: 220, cols: 220, values: new Float64Array(220 * 220) };
    const found = coupledSingularValues({ upper: zeros, lower: zeros, shared });
    expect(found).toHaveLength(431);
    expect(found.every((value) => value === 0)).toBe(true);
  });

  it('name the entry that is not finite', () => {
    const broken = { ...blocks.lower, values: blocks.lower.values.with(221, NaN) };
    expect(() => coupledSingularValues({ ...blocks, lower: broken })).toThrow('Entry [1, 1] of the matrix is NaN');
  });
});
