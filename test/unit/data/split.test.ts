import { expect, test } from 'vitest';
import { summarise, type Dataset } from '../../../src/engine/data/dataset';
import type { Example } from '../../../src/engine/data/example';
import { memoryExamples, viewExamples } from '../../../src/engine/data/examples';
import { splitValidation } from '../../../src/engine/data/split';

function example(index: number, record = index): Example {
  const tokens = Int32Array.from({ length: 2 + (index % 5) }, (_, t) => t);
  return { source: 0, record, line: index + 1, tokens, labels: tokens, truncated: index % 3 === 0 };
}

const examples = Array.from({ length: 100 }, (_, index) => example(index));
const dataset = summarise(memoryExamples(examples));

async function read(part: Dataset): Promise<Example[]> {
  return part.examples.read(Array.from({ length: part.examples.length }, (_, index) => index));
}

const lines = async (part: Dataset): Promise<number[]> => (await read(part)).map(({ line }) => line);

test.each([0, 0.05, 0.5, 1, 7, 99])('a split of %d loses and repeats nothing', async (validation) => {
  const split = await splitValidation(dataset, validation, 3);
  expect(await lines(split.validation)).toHaveLength(validation < 1 ? validation * 100 : validation);
  const both = [...(await lines(split.train)), ...(await lines(split.validation))];
  expect(both.sort((a, b) => a - b)).toEqual(await lines(dataset));
  expect(split.train.tokens + split.validation.tokens).toBe(dataset.tokens);
});

test('the figures of a side are those of its examples', async () => {
  const { validation } = await splitValidation(dataset, 9, 3);
  const held = await read(validation);
  expect(validation).toMatchObject({
    tokens: held.reduce((sum, { tokens }) => sum + tokens.length, 0),
    // The first token of an example is never predicted.
    supervisedTokens: held.reduce((sum, { tokens }) => sum + tokens.length - 1, 0),
    longest: Math.max(...held.map(({ tokens }) => tokens.length)),
    truncated: held.filter(({ truncated }) => truncated).length,
  });
});

test('depends on the seed alone', async () => {
  const held = async (seed: number): Promise<number[]> => lines((await splitValidation(dataset, 10, seed)).validation);
  expect(await held(3)).toEqual(await held(3));
  expect(await held(3)).not.toEqual(await held(4));
});

test('what one record became stays on one side', async () => {
  // Records 0, 2, 4, …: the others gave no example; each became three windows.
  const windows = Array.from({ length: 90 }, (_, index) => example(index, 2 * Math.floor(index / 3)));
  const split = await splitValidation(summarise(memoryExamples(windows)), 0.5, 1);
  const records = async (part: Dataset): Promise<number[]> => (await read(part)).map(({ record }) => record);
  const [train, held] = [await records(split.train), await records(split.validation)];
  expect(held).toHaveLength(45);
  expect(train.filter((record) => held.includes(record))).toEqual([]);
});

test('leaves something to train on, or is refused', async () => {
  await expect(splitValidation(dataset, 100, 0)).rejects.toThrow(
    /"data\.validation" holds out 100 of 100 examples and leaves/,
  );
  await expect(splitValidation(dataset, 0.999, 0)).rejects.toThrow(/leaves nothing to train on; lower it/);
  await expect(splitValidation(dataset, 1.5, 0)).rejects.toThrow(
    /"data\.validation" is 1\.5; give a share below 1 or a whole/,
  );
});

test('a share that rounds to none holds out none', async () => {
  const few = summarise(memoryExamples(examples.slice(0, 5)));
  expect((await splitValidation(few, 0.05, 0)).validation.examples).toHaveLength(0);
});

test('a view of a view names the examples of the whole', async () => {
  const odd = viewExamples(memoryExamples(examples), Uint32Array.of(1, 3, 5, 7));
  const view = viewExamples(odd, Uint32Array.of(3, 0));
  expect((await view.read([0, 1, 0])).map(({ line }) => line)).toEqual([8, 2, 8]);
  expect(await view.records()).toEqual(Uint32Array.of(7, 1));
  expect(() => view.tokensOf(2)).toThrow(/there is no example 2 among 2/);
});
