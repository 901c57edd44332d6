import { expect, test } from 'vitest';
import { configurationSchema } from '../../../src/config/schema';
import { summarise } from '../../../src/engine/data/dataset';
import { memoryExamples } from '../../../src/engine/data/examples';
import { requireSameData } from '../../../src/engine/training/sameData';

const configuration = configurationSchema.parse({ model: 'm', data: { train: ['a.jsonl', 'b.jsonl'] } });
const tokens = Int32Array.of(1, 2);
const example = { source: 0, line: 1, record: 0, tokens, labels: tokens, truncated: false };
const data = { train: summarise(memoryExamples([example, example])), key: 'abc' };

test('a run goes on with the data that it began with', () => {
  expect(() => requireSameData({ trainExamples: 2, data: 'abc' }, data, configuration)).not.toThrow();
});

test('as many examples of other content are refused', () => {
  expect(() => requireSameData({ trainExamples: 2, data: 'abd' }, data, configuration)).toThrow(
    /^a\.jsonl, b\.jsonl: is not what the run began with: .*restore it or start a new run\.$/,
  );
});

test('a checkpoint from before the content was noted is compared by the number of examples', () => {
  expect(() => requireSameData({ trainExamples: 2 }, data, configuration)).not.toThrow();
  expect(() => requireSameData({ trainExamples: 3 }, data, configuration)).toThrow(
    /has 2 training examples, but the run began with 3; restore the file or start a new run/,
  );
});
