import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { countIntruders } from '../../../src/analysis/intruders';
import { effectiveRank, rankMeasures } from '../../../src/analysis/rankMeasures';
import { singularValues } from '../../../src/analysis/singularValues';
import { symmetricEigen } from '../../../src/analysis/symmetricEigen';
import { normalNumbers } from '../../../src/engine/data/random';
import { doubleProducts, type DoubleMatrix } from '../../../src/engine/spectra/doubleProducts';
import { intruderCosines } from '../../../src/engine/spectra/intruderCosines';
import { randomisedSpectrum } from '../../../src/engine/spectra/randomisedSpectrum';
import { topEigenvectors } from '../../../src/engine/spectra/topEigenvectors';
import { formulaDelta, formulaMatrix } from '../../support/formulaMatrix';

interface Case {
  readonly rows: number;
  readonly cols: number;
  readonly cosines: readonly number[];
  readonly singularValues: readonly number[];
}

const { cases } = JSON.parse(readFileSync(new URL('../../fixtures/spectra/spectra.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

const products = doubleProducts();
afterAll(() => products.dispose());
const random = () => normalNumbers(7, 'approximation');
const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, i) => x + b[i]!);

describe('intruder dimensions', () => {
  it.each(cases)('are those that numpy finds in $rows × $cols', async ({ rows, cols, cosines }) => {
    const base = formulaMatrix(1, rows, cols);
    const tuned = sum(base, formulaDelta(rows, cols));
    const found = await intruderCosines(
      { rows, cols, values: base },
      { rows, cols, values: tuned },
      cosines.length,
      products,
      random(),
    );
    expect(found.residual).toBeLessThan(1e-10);
    expect(found.cosines).toHaveLength(cosines.length);
    found.cosines.forEach((cosine, j) => expect(cosine).toBeCloseTo(cosines[j]!, 7));
    expect(countIntruders(found.cosines)).toBe(cosines.slice(0, 10).filter((cosine) => cosine < 0.6).length);
  });

  const n = 36;
  const diagonal = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? n - Math.floor(at / n) : 0));
  const base: DoubleMatrix = { rows: n, cols: n, values: diagonal };

  it('are none without a change', async () => {
    const { cosines } = await intruderCosines(base, base, 10, products, random());
    cosines.forEach((cosine) => expect(cosine).toBeCloseTo(1, 9));
    expect(countIntruders(cosines)).toBe(0);
  });

  it('are one for a strong rank-one change along no singular vector of the base, 1/√n from all', async () => {
    const change = diagonal.map((_, at) => (1e6 / n) * (at % 2 === 0 ? 1 : -1));
    const { cosines } = await intruderCosines(base, { ...base, values: sum(diagonal, change) }, 10, products, random());
    expect(cosines[0]).toBeCloseTo(1 / Math.sqrt(n), 4);
    expect(countIntruders(cosines)).toBe(1);
    expect(countIntruders(cosines, 10, 1 / Math.sqrt(n) - 0.01)).toBe(0);
  });

  it('are looked for among as many directions as the tuned weight has', async () => {
    const outer = formulaMatrix(3, 12, 1);
    const rankOne = Float64Array.from({ length: 12 * 9 }, (_, at) => outer[Math.floor(at / 9)]! * (1 + (at % 9)));
    const matrix = { rows: 12, cols: 9, values: rankOne };
    expect((await intruderCosines(matrix, matrix, 10, products, random())).cosines).toHaveLength(1);
  });
});

describe('the largest eigenvectors', () => {
  it('are those of the whole decomposition, also where values lie close together', async () => {
    const [rows, cols] = [90, 60];
    const a = { rows, cols, values: formulaMatrix(2, rows, cols) };
    const gram = await products.times(a, a, { a: true });
    const whole = symmetricEigen(gram.values, cols);
    const top = await topEigenvectors(gram, 6, products, random());
    expect(top.residual).toBeLessThan(1e-11);
    for (let i = 0; i < 6; i++) {
      expect(top.values[i]).toBeCloseTo(whole.values[i]!, 8);
      let dot = 0;
      for (let j = 0; j < cols; j++) dot += top.vectors.values[i * cols + j]! * whole.vectors[i * cols + j]!;
      expect(Math.abs(dot)).toBeCloseTo(1, 8);
    }
  });
});

describe('a randomised spectrum', () => {
  const [rows, cols, count] = [120, 90, 12];
  const a = { rows, cols, values: formulaMatrix(4, rows, cols) };
  const exact = singularValues(a.values, rows, cols);

  it('states an error that its values keep, and the norm of the whole', async () => {
    const { singularValues: found, norm, residual } = await randomisedSpectrum(a, count, products, random());
    expect(found).toHaveLength(count);
    found.forEach((sigma, i) => {
      expect(sigma).toBeLessThanOrEqual(exact[i]! * (1 + 1e-12));
      expect(exact[i]! ** 2).toBeLessThanOrEqual(sigma ** 2 + residual ** 2);
    });
    expect(norm).toBeCloseTo(Math.hypot(...exact), 10);
    // No basis of that many directions leaves less than the best one does; a bound of nothing would not notice.
    expect(residual).toBeGreaterThanOrEqual(Math.hypot(...exact.subarray(count + 16)));
    expect(residual).toBeLessThan(norm);
  });

  it('is exact to rounding where the rank is below what is asked for', async () => {
    const left = { rows, cols: 5, values: formulaMatrix(5, rows, 5) };
    const right = { rows: 5, cols, values: formulaMatrix(6, 5, cols) };
    const product = await products.times(left, right);
    const found = await randomisedSpectrum(product, count, products, random());
    const truth = singularValues(product.values, rows, cols);
    found.singularValues.forEach((sigma, i) => expect(sigma).toBeCloseTo(truth[i]!, 9));
    expect(found.residual).toBeLessThan(1e-6 * found.norm);
  });

  it('of nothing is nothing', async () => {
    const found = await randomisedSpectrum({ rows: 4, cols: 3, values: new Float64Array(12) }, 2, products, random());
    expect(found).toEqual({ singularValues: new Float64Array(), norm: 0, residual: 0 });
  });

  it('gives measures that are lower bounds, and the stable rank of the whole', () => {
    const norm = Math.hypot(...exact);
    const whole = rankMeasures(exact);
    for (const known of [1, 3, 30]) {
      const part = rankMeasures(exact.slice(0, known), { norm });
      expect(part.effectiveRank).toBeLessThanOrEqual(whole.effectiveRank);
      expect(part.countAbove).toBeLessThanOrEqual(whole.countAbove);
      expect(part.energyRank).toBe(Math.min(known, whole.energyRank));
      expect(part.stableRank).toBeCloseTo(whole.stableRank, 9);
      expect(part.frobenius).toBe(norm);
    }
    expect(effectiveRank(exact.slice(0, 2))).toBeLessThanOrEqual(2);
  });
});
