import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { contents } from '../../../src/engine/contents/contents';
import { sampled, statistics } from '../../../src/engine/contents/statistics';
import { values } from '../../../src/engine/contents/values';
import type { TensorPlace } from '../../../src/engine/rpc/contents';
import { fixture, temporaryFolder, writeFloats, writeSparse } from './files';

/** What PyTorch and NumPy say: test/fixtures/values/make.py. */
interface Expected {
  readonly values: Readonly<Record<string, readonly (number | string)[]>>;
  readonly statistics: Readonly<Record<string, ExpectedStatistics>>;
}

interface ExpectedStatistics {
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly norm: number;
  readonly histogram: readonly number[];
}

const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Expected;
const folder = temporaryFolder();

async function placeOf(path: string, tensor: string): Promise<TensorPlace> {
  const { files } = await contents({ path });
  return { path, tensor, stamp: files[0]?.stamp ?? '' };
}

const left = (tensor: string): Promise<TensorPlace> => placeOf(fixture('left.safetensors'), tensor);
const silent = (): void => undefined;

describe('the values of a tensor', () => {
  it.each(Object.keys(expected.values))('of %s are those of PyTorch', async (name) => {
    const known = expected.values[name] ?? [];
    const window = { offset: 0, stride: 1, rows: known.length, columns: 1 };
    const shown = await values({ ...(await left(name)), ...window });
    expect(shown.map(String)).toEqual(known.map(String));
  });

  it('come as a window, with nothing beyond the end', async () => {
    const file = join(folder, 'window.safetensors');
    writeFloats(file, { a: { shape: [3, 4], values: Array.from({ length: 12 }, (_, i) => i) } });
    const place = await placeOf(file, 'a');
    expect(await values({ ...place, offset: 5, stride: 4, rows: 2, columns: 2 })).toEqual([5, 6, 9, 10]);
    expect(await values({ ...place, offset: 8, stride: 8, rows: 2, columns: 5 })).toEqual([
      ...[8, 9, 10, 11, null],
      ...[null, null, null, null, null],
    ]);
    expect(await values({ ...place, offset: 0, stride: 4, rows: 0, columns: 4 })).toEqual([]);
  });

  it('of rows far apart are read row by row', async () => {
    const file = join(folder, 'wide.safetensors');
    const columns = 200_000;
    const data = new Array<number>(3 * columns).fill(0);
    for (const row of [0, 1, 2]) data[row * columns + 7] = row + 1;
    writeFloats(file, { a: { shape: [3, columns], values: data } });
    const window = { offset: 6, stride: columns, rows: 3, columns: 2 };
    expect(await values({ ...(await placeOf(file, 'a')), ...window })).toEqual([0, 1, 0, 2, 0, 3]);
  });

  it('are refused for a file that has changed, and for a window that no view asks for', async () => {
    const file = join(folder, 'changed.safetensors');
    writeFloats(file, { a: { shape: [2] } });
    const place = await placeOf(file, 'a');
    writeFloats(file, { b: { shape: [1] }, a: { shape: [2] } });
    const window = { offset: 0, stride: 1, rows: 2, columns: 1 };
    await expect(values({ ...place, ...window })).rejects.toThrow(/has changed since it was opened; reload it/);
    await expect(values({ ...place, ...window, rows: 1e6 })).rejects.toThrow(RangeError);
  });
});

describe('the statistics of a tensor', () => {
  it.each(Object.keys(expected.statistics))('of %s are those of NumPy', async (name) => {
    const known = expected.statistics[name];
    if (known === undefined) throw new Error(name);
    const found = await statistics({ ...(await left(name)), limit: null }, silent);
    expect(found).toMatchObject({ zeros: known.zeros, nan: known.nan, infinite: known.infinite });
    expect(found.least?.value).toBe(known.least);
    expect(found.greatest?.value).toBe(known.greatest);
    for (const figure of ['mean', 'standardDeviation', 'norm'] as const)
      expect(Math.abs((found[figure] ?? NaN) - known[figure])).toBeLessThanOrEqual(1e-12 * Math.abs(known.norm));
    if (known.histogram.length === 1) expect(found.histogram?.[0]).toBe(known.histogram[0]);
    else expect(found.histogram).toEqual(known.histogram);
  });

  it('count what is not finite apart and say where it is first', async () => {
    const found = await statistics({ ...(await left('special')), limit: null }, silent);
    expect(found).toMatchObject({ values: 8, read: 8, zeros: 2, nan: 1, infinite: 2, firstNotFinite: 2 });
    expect(found.greatest).toEqual({ value: Math.fround(3e38), index: 7 });
    expect(found.magnitudes?.first).toBe(-149); // the smallest float32
    expect(found.magnitudes?.counts.at(-1)).toBe(1);
  });

  it('of arithmetic values over many pieces agree with the closed form', async () => {
    const n = 2_500_000;
    const file = join(folder, 'ramp.safetensors');
    writeFloats(file, { a: { shape: [n], values: Array.from({ length: n }, (_, i) => i) } });
    const found = await statistics({ ...(await placeOf(file, 'a')), limit: null }, silent);
    expect(found.mean).toBeCloseTo((n - 1) / 2, 6);
    expect((found.standardDeviation ?? 0) / Math.sqrt((n * n - 1) / 12)).toBeCloseTo(1, 11);
    expect((found.norm ?? 0) / Math.sqrt(((n - 1) * n * (2 * n - 1)) / 6)).toBeCloseTo(1, 11);
    expect(found.greatest).toEqual({ value: n - 1, index: n - 1 });
    expect(found.histogram?.reduce((sum, count) => sum + count, 0)).toBe(n);
    // 2^k values have the exponent k, up to the last, which is cut.
    expect(found.magnitudes?.counts.slice(0, 21)).toEqual(Array.from({ length: 21 }, (_, k) => 2 ** k));
  });

  it('of a large tensor are of blocks spread from its first to its last value, and say how many', async () => {
    const ranges = sampled(1e10, 1 << 20);
    expect(ranges).toHaveLength(16);
    expect(ranges[0]).toEqual([0, 65_536]);
    expect(ranges.at(-1)).toEqual([1e10 - 65_536, 1e10]);
    const file = join(folder, 'huge.safetensors');
    const shape = [100_000, 250_000];
    writeSparse(file, [{ name: 'a', dtype: 'F32', shape }], 1e11);
    const found = await statistics({ ...(await placeOf(file, 'a')), limit: 1 << 20 }, silent);
    expect(found).toMatchObject({ values: 2.5e10, read: 1 << 20, blocks: 16, zeros: 1 << 20, mean: 0 });
  });

  it('can be cancelled, and tell how far they are', async () => {
    const file = join(folder, 'long.safetensors');
    writeSparse(file, [{ name: 'a', dtype: 'F32', shape: [25_000_000_000] }], 1e11);
    const place = await placeOf(file, 'a');
    const controller = new AbortController();
    const told: number[] = [];
    const reading = statistics(
      { ...place, limit: null },
      ({ done, total }) => {
        told.push(done / total);
        controller.abort();
      },
      controller.signal,
    );
    await expect(reading).rejects.toHaveProperty('name', 'AbortError');
    expect(told[0]).toBeGreaterThan(0);
    expect(told[0]).toBeLessThan(1);
  });

  it('of a type without values are refused in one sentence', async () => {
    const file = join(folder, 'complex.safetensors');
    writeSparse(file, [{ name: 'a', dtype: 'C64', shape: [2] }], 16);
    const failure = statistics({ ...(await placeOf(file, 'a')), limit: null }, silent);
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });
});
