import { expect, test } from 'vitest';
import { pipelined } from '../../../src/engine/data/pipelined';

interface Source {
  readonly items: AsyncGenerator<number>;
  readonly asked: number[];
  closed: boolean;
}

/** 0, 1, … up to `count`; then it ends, or throws. */
function sourceOf(count: number, failure?: Error): Source {
  const asked: number[] = [];
  const source: Source = { items: numbers(), asked, closed: false };
  async function* numbers(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < count; i++) {
        asked.push(i);
        yield i;
      }
      if (failure !== undefined) throw failure;
    } finally {
      source.closed = true;
    }
  }
  return source;
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function gathered(results: AsyncGenerator<number>): Promise<{ found: number[]; error?: unknown }> {
  const found: number[] = [];
  try {
    for await (const result of results) found.push(result);
    return { found };
  } catch (error) {
    return { found, error };
  }
}

test('results come in the order of the items, whichever is ready first, with as many under way as allowed', async () => {
  let underWay = 0;
  let most = 0;
  const results = pipelined(sourceOf(7).items, 3, async (item) => {
    most = Math.max(most, ++underWay);
    await later(item % 3 === 0 ? 15 : 1);
    underWay--;
    return 10 * item;
  });
  expect(await gathered(results)).toEqual({ found: [0, 10, 20, 30, 40, 50, 60] });
  expect(most).toBe(3);
});

test('an error of an item comes after the results before it, though a later one failed first', async () => {
  const source = sourceOf(5);
  const results = pipelined(source.items, 3, async (item) => {
    await later(item === 1 ? 15 : 1);
    if (item === 1 || item === 2) throw new Error(`item ${item}`);
    return item;
  });
  expect(await gathered(results)).toEqual({ found: [0], error: new Error('item 1') });
  expect(source.closed).toBe(true);
});

test('an error of the source comes after the results of all items before it', async () => {
  const source = sourceOf(3, new Error('the file ends'));
  const results = pipelined(source.items, 2, async (item) => item);
  expect(await gathered(results)).toEqual({ found: [0, 1, 2], error: new Error('the file ends') });
});

test('whoever takes only the first result reads no more than is under way, and the source is closed', async () => {
  const source = sourceOf(100);
  const results = pipelined(source.items, 2, async (item) => item);
  expect((await results.next()).value).toBe(0);
  await results.return(undefined);
  expect(source.asked).toEqual([0, 1]);
  expect(source.closed).toBe(true);
});
