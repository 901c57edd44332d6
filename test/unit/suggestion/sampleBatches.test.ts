import { describe, expect, it } from 'vitest';
import type { Example } from '../../../src/engine/data/example';
import { memoryExamples } from '../../../src/engine/data/examples';
import { stepExamples } from '../../../src/engine/data/order';
import { sampledBatches, sampleGroups } from '../../../src/engine/suggestion/sampleBatches';
import { seededRandom } from '../../support/seededRandom';

const random = seededRandom(11);

function example(length: number, index: number, supervised = true): Example {
  const tokens = Int32Array.from({ length }, () => index);
  return {
    source: 0,
    line: index,
    record: index,
    tokens,
    labels: supervised ? tokens : tokens.map(() => -100),
    truncated: false,
  };
}

const LENGTHS = Array.from({ length: 300 }, () => 2 + Math.floor(random() * 31));
const examples = memoryExamples(LENGTHS.map((length, index) => example(length, index)));
const LAYOUT = { rowLength: 32, maxRows: 8 };

describe('what is measured on', () => {
  it('is what the run would see first, none of it twice', () => {
    const groups = sampleGroups({ examples }, LAYOUT, 4, 5);
    expect(groups).toHaveLength(4);
    const places = groups.flat();
    expect(places).toEqual(stepExamples(0, places.length, 300, 5));
    expect(new Set(places).size).toBe(places.length);
  });

  it('fills batches well, without going beyond one', () => {
    for (const group of sampleGroups({ examples }, LAYOUT, 4, 5)) {
      const tokens = group.reduce((sum, index) => sum + LENGTHS[index]!, 0);
      expect(tokens).toBeLessThanOrEqual(0.9 * 256);
      expect(tokens).toBeGreaterThan(0.9 * 256 - 32);
    }
  });

  it('ends where the data ends', () => {
    const groups = sampleGroups({ examples }, LAYOUT, 1000, 5);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(LENGTHS.map((_, index) => index));
  });

  it('has one example a batch where rows are as long as a batch may be', () => {
    const long = memoryExamples([example(32, 0), example(32, 1), example(30, 2)]);
    expect(sampleGroups({ examples: long }, { rowLength: 32, maxRows: 1 }, 9, 0).map((group) => group.length)).toEqual([
      1, 1, 1,
    ]);
  });

  it('leaves out batches that supervise nothing', async () => {
    const some = memoryExamples([example(8, 0, false), example(8, 1)]);
    const found: number[] = [];
    for await (const { batch } of sampledBatches({ examples: some }, LAYOUT, [[0], [1]])) found.push(batch.supervised);
    expect(found).toEqual([7]);
  });
});
