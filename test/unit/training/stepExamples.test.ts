import { expect, test } from 'vitest';
import type { Example } from '../../../src/engine/data/example';
import { memoryExamples, type Examples } from '../../../src/engine/data/examples';
import { stepExamples } from '../../../src/engine/data/order';
import { StepExamples } from '../../../src/engine/training/stepExamples';
import { validationBatches } from '../../../src/engine/training/validationBatches';

function examplesOf(lengths: readonly number[]): Example[] {
  return lengths.map((length, index) => {
    const tokens = new Int32Array(length).fill(index);
    return { source: 0, record: index, line: index, tokens, labels: tokens, truncated: false };
  });
}

/** Says which examples are asked for, and waits until let go. */
function watched(examples: Examples): { examples: Examples; asked: number[][] } {
  const asked: number[][] = [];
  return {
    asked,
    examples: {
      ...examples,
      read: (indices) => {
        asked.push(Array.from(indices));
        return examples.read(indices);
      },
    },
  };
}

test('a step gets the examples of its order, and those of the next are asked for before it runs', async () => {
  const { examples, asked } = watched(memoryExamples(examplesOf(new Array<number>(10).fill(4))));
  const source = new StepExamples(examples, 4, 5, 2);
  for (let step = 0; step < 5; step++) {
    const indices = (await source.of(step)).map(({ record }) => record);
    expect(indices).toEqual(stepExamples(step, 4, 10, 2));
    expect(asked).toHaveLength(Math.min(step + 2, 5));
  }
  expect(asked).toEqual(Array.from({ length: 5 }, (_, step) => stepExamples(step, 4, 10, 2)));
});

test('a run that resumes begins anywhere', async () => {
  const source = new StepExamples(memoryExamples(examplesOf(new Array<number>(10).fill(4))), 4, 9, 2);
  expect((await source.of(7)).map(({ record }) => record)).toEqual(stepExamples(7, 4, 10, 2));
});

test('a read ahead that fails fails the step that needs it, not the one before', async () => {
  const whole = memoryExamples(examplesOf([4, 4, 4]));
  let reads = 0;
  const failing: Examples = {
    ...whole,
    read: async (indices) => (++reads === 2 ? Promise.reject(new Error('the disk is gone')) : whole.read(indices)),
  };
  const source = new StepExamples(failing, 1, 3, 0);
  await expect(source.of(0)).resolves.toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(source.of(1)).rejects.toThrow('the disk is gone');
});

test('held-out examples are read part by part, each once', async () => {
  const lengths = Array.from({ length: 40 }, (_, index) => 65_536 - index);
  const { examples, asked } = watched(memoryExamples(examplesOf(lengths)));
  const seen: number[] = [];
  for await (const { tokens, tokenCount } of validationBatches(examples, { rowLength: 65_536, maxRows: 1 })) {
    seen.push(tokens[0]!);
    expect(tokenCount).toBe(lengths[tokens[0]!]);
  }
  expect(seen.sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
  // 2²⁰ tokens are a little more than 16 such examples.
  expect(asked.map((part) => part.length)).toEqual([17, 17, 6]);
});
