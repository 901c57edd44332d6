import { expect, test } from 'vitest';
import {
  labelCompletion,
  labelText,
  labelTokens,
  supervisedCount,
  type LabelledTokens,
  type TextFrame,
} from '../../../src/engine/data/example';

const plain: TextFrame = { prefix: [], suffix: [], endToken: 9 };
const started: TextFrame = { prefix: [1], suffix: [], endToken: 9 };
const both: TextFrame = { prefix: [1], suffix: [9], endToken: 9 };

const lists = ({ tokens, labels }: LabelledTokens) => ({ tokens: [...tokens], labels: [...labels] });

test('a text gets its end token, and every token is learned', () => {
  expect(lists(labelText([5, 6], plain))).toEqual({ tokens: [5, 6, 9], labels: [5, 6, 9] });
});

test('start and end tokens are there once, whoever put them there', () => {
  for (const frame of [started, both]) {
    for (const text of [[5], [1, 5], [5, 9], [1, 5, 9]]) {
      expect(lists(labelText(text, frame)).tokens).toEqual([1, 5, 9]);
    }
    expect(lists(labelCompletion([1, 5], [6, 9], frame)).tokens).toEqual([1, 5, 6, 9]);
  }
  expect(lists(labelText([5, 9], plain)).tokens).toEqual([5, 9]);
});

test('of a completion its tokens and its end token are learned, and nothing of the prompt', () => {
  expect(lists(labelCompletion([5, 6], [7, 8], started))).toEqual({
    tokens: [1, 5, 6, 7, 8, 9],
    labels: [-100, -100, -100, 7, 8, 9],
  });
});

test('the end token that the tokenizer puts after a text is not put between prompt and completion', () => {
  expect(lists(labelCompletion([5], [7], both)).tokens).toEqual([1, 5, 7, 9]);
});

test('ready-made tokens are kept as they are', () => {
  expect(lists(labelTokens('f:1', [1, 2], undefined, 10))).toEqual({ tokens: [1, 2], labels: [1, 2] });
  expect(lists(labelTokens('f:1', [1, 2], [-100, 2], 10))).toEqual({ tokens: [1, 2], labels: [-100, 2] });
});

test.each([
  [[1, 10], undefined, /^f:3: "input_ids" has 10 at index 1; the model's tokens are 0 to 9\.$/],
  [[-1], undefined, /^f:3: "input_ids" has -1 at index 0/],
  [[-100], undefined, /^f:3: "input_ids" has -100 at index 0/],
  [[1, 2], [1, -1], /^f:3: "labels" has -1 at index 1; the model's tokens are 0 to 9, or -100\.$/],
  [[1, 2], [1, 10], /^f:3: "labels" has 10 at index 1/],
])('ids outside the vocabulary are refused (%j, %j)', (ids, labels, message) => {
  expect(() => labelTokens('f:3', ids, labels, 10)).toThrow(message);
});

test('the first label is never learned, so it does not count', () => {
  expect(supervisedCount(Int32Array.of(5, -100, 6))).toBe(1);
  expect(supervisedCount(Int32Array.of(5))).toBe(0);
});
