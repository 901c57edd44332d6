import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/engine/contents/compare';
import type { TensorDifference } from '../../../src/engine/rpc/contents';
import { fixture, temporaryFolder, writeFloats, writeSparse } from './files';

interface ExpectedDifference {
  readonly changed: number;
  readonly norm: number;
  readonly leftNorm: number;
  readonly largest: number;
}

/** What NumPy says: test/fixtures/values/make.py. */
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as {
  readonly differences: Readonly<Record<string, ExpectedDifference>>;
};

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const silent = (): void => undefined;

describe('comparing two checkpoints', () => {
  const pair = { left: fixture('left.safetensors'), right: fixture('right.safetensors') };

  it('gives only what differs, with the norms of NumPy', async () => {
    const { differing, same, onlyLeft, onlyRight } = await compare(pair, silent);
    const byName = new Map(differing.map((difference) => [difference.name, difference]));
    for (const [name, known] of Object.entries(expected.differences)) {
      const found = byName.get(name);
      expect(found, name).toMatchObject({ reason: 'values', changed: known.changed });
      for (const figure of ['norm', 'leftNorm', 'largest'] as const)
        expect((found?.[figure] ?? NaN) / known[figure], `${name} ${figure}`).toBeCloseTo(1, 12);
    }
    const others = differing.filter(({ reason }) => reason !== 'values').map(({ name, reason }) => [name, reason]);
    expect(Object.fromEntries(others)).toEqual({ signs: 'bits', type: 'dtype', shape: 'shape' });
    expect(differing).toHaveLength(8);
    expect(same).toBe(12);
    expect(onlyLeft.map(({ name }) => name)).toEqual(['left']);
    expect(onlyRight.map(({ name }) => name)).toEqual(['right']);
  });

  it('takes NaN beside NaN for no change', async () => {
    const special = (await compare(pair, silent)).differing.find(({ name }) => name === 'special');
    expect(special).toMatchObject({ changed: 2, notFinite: 4 });
  });

  it('of a file with itself finds nothing', async () => {
    const found = await compare({ left: pair.left, right: pair.left }, silent);
    expect(found).toMatchObject({ differing: [], onlyLeft: [], onlyRight: [], same: 21, norm: 0 });
  });

  it('goes through shards, and tells each difference once', async () => {
    writeFloats(at('whole.safetensors'), { a: { shape: [2], values: [1, 2] }, b: { shape: [1], values: [3] } });
    writeFloats(at('s-1.safetensors'), { a: { shape: [2], values: [1, 2] } });
    writeFloats(at('s-2.safetensors'), { b: { shape: [1], values: [7] } });
    const index = at('s.safetensors.index.json');
    writeFileSync(index, JSON.stringify({ weight_map: { a: 's-1.safetensors', b: 's-2.safetensors' } }));
    const told: TensorDifference[] = [];
    const found = await compare({ left: at('whole.safetensors'), right: index }, ({ found: news }) =>
      told.push(...(news ?? [])),
    );
    expect(found.differing).toMatchObject([{ name: 'b', norm: 4, leftNorm: 3, largest: 4, changed: 1, values: 1 }]);
    expect(told).toEqual(found.differing);
    expect(found.leftNorm).toBeCloseTo(Math.sqrt(1 + 4 + 9), 12);
  });

  it('parses a header once, and not for every tensor that it names', async () => {
    const file = at('long names.safetensors');
    const names = Array.from({ length: 1000 }, (_, i) => `${i} ${'x'.repeat(20_000)}`);
    writeSparse(
      file,
      names.map((name) => ({ name, dtype: 'U8' as const, shape: [1] })),
      names.length,
    );
    // The header has 20 MB: to parse it 2000 times takes minutes, and the test would not end in time.
    const { same } = await compare({ left: file, right: file }, silent);
    expect(same).toBe(1000);
  });

  it('ends when a file changes meanwhile', async () => {
    const file = at('changing.safetensors');
    const tensors = [250_000_000, 1].map((size) => ({ name: `of ${size}`, dtype: 'F32' as const, shape: [size] }));
    writeSparse(file, tensors, 4 * 250_000_001);
    const work = compare({ left: file, right: file }, () => utimesSync(file, 1, 1));
    await expect(work).rejects.toThrow(/changing.safetensors: has changed while it was compared/);
  });

  it('can be cancelled', async () => {
    const file = at('long.safetensors');
    writeSparse(file, [{ name: 'a', dtype: 'F32', shape: [25_000_000_000] }], 1e11);
    const controller = new AbortController();
    const work = compare({ left: file, right: file }, () => controller.abort(), controller.signal);
    await expect(work).rejects.toHaveProperty('name', 'AbortError');
  });
});
