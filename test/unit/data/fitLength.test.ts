import { describe, expect, test } from 'vitest';
import { labelCompletion, labelText, type LabelledTokens, type TextFrame } from '../../../src/engine/data/example';
import { fitLength, type Fitted } from '../../../src/engine/data/fitLength';

const plain: TextFrame = { prefix: [], suffix: [], endToken: 999 };
const started: TextFrame = { prefix: [1], suffix: [], endToken: 999 };

/** A text of tokens 100, 101, … */
const text = (length: number, frame: TextFrame): LabelledTokens =>
  labelText(
    Array.from({ length }, (_, i) => 100 + i),
    frame,
  );

const lists = ({ tokens, labels }: LabelledTokens) => ({ tokens: [...tokens], labels: [...labels] });

function examplesOf(fitted: Fitted): readonly LabelledTokens[] {
  if (fitted.kind === 'dropped') throw new Error(`dropped: ${fitted.reason}`);
  return fitted.examples;
}

/** What is learned, as the loss counts it: the first label of an example has nothing before it. */
const learned = ({ labels }: LabelledTokens): number[] => [...labels.subarray(1)].filter((label) => label !== -100);

test('what fits stays as it is, up to the last token', () => {
  const whole = text(7, plain);
  const fitted = fitLength(whole, { maxLength: 8, longer: 'auto' }, true, []);
  expect(fitted).toEqual({ kind: 'whole', examples: [whole] });
});

describe('windows of a text', () => {
  test.each([9, 15, 16, 17, 23, 24, 25, 100])(
    'hold each of its %d tokens once and learn it, after the start token of the model',
    (length) => {
      const whole = text(length - 1, started);
      const windows = examplesOf(fitLength(whole, { maxLength: 8, longer: 'auto' }, true, started.prefix));
      for (const { tokens } of windows) {
        expect(tokens.length).toBeLessThanOrEqual(8);
        expect(tokens[0]).toBe(1);
      }
      // All but the start token, which nothing comes before.
      expect(windows.flatMap(learned)).toEqual([...whole.tokens.subarray(1)]);
      for (const { tokens } of windows.slice(0, -1)) expect(tokens).toHaveLength(8);
    },
  );

  test.each([9, 15, 16, 17, 23, 24, 25, 100])(
    'lose only the first of each of %d tokens where the model has no start token',
    (length) => {
      const whole = text(length - 1, plain);
      const windows = examplesOf(fitLength(whole, { maxLength: 8, longer: 'windows' }, false, []));
      expect(windows.flatMap(({ tokens }) => [...tokens])).toEqual([...whole.tokens]);
      expect(windows.flatMap(learned)).toHaveLength(length - windows.length);
      // A window that learns nothing would be a waste of a row.
      for (const window of windows) expect(learned(window).length).toBeGreaterThan(0);
    },
  );

  test('of a prompt and a completion learn the completion alone', () => {
    const prompt = Array.from({ length: 12 }, (_, i) => 100 + i);
    const whole = labelCompletion(prompt, [200, 201, 202, 203, 204], started);
    const fitted = fitLength(whole, { maxLength: 8, longer: 'windows' }, false, started.prefix);
    expect(examplesOf(fitted).map(lists)).toEqual([
      { tokens: [1, 107, 108, 109, 110, 111, 200, 201], labels: [-100, -100, -100, -100, -100, -100, 200, 201] },
      { tokens: [1, 202, 203, 204, 999], labels: [-100, 202, 203, 204, 999] },
    ]);
  });
});

test('what is cut keeps its beginning', () => {
  const whole = labelCompletion([100, 101], [200, 201, 202], plain);
  const fitted = fitLength(whole, { maxLength: 4, longer: 'auto' }, false, []);
  expect(fitted.kind).toBe('cut');
  expect(examplesOf(fitted).map(lists)).toEqual([{ tokens: [100, 101, 200, 201], labels: [-100, -100, 200, 201] }]);
  expect(fitLength(text(20, plain), { maxLength: 4, longer: 'cut' }, true, []).kind).toBe('cut');
});

test.each([
  ['a prompt that fills the length', labelCompletion([1, 2, 3, 4], [5], plain), 'auto', 'promptTooLong'],
  ['anything too long, when so wished', text(9, plain), 'drop', 'tooLong'],
  ['a text of nothing but its end', text(0, plain), 'auto', 'nothingToLearn'],
  ['ignored labels', { tokens: Int32Array.of(1, 2), labels: Int32Array.of(-100, -100) }, 'auto', 'nothingToLearn'],
] as const)('%s is dropped, with the reason', (_, whole, longer, reason) => {
  expect(fitLength(whole, { maxLength: 4, longer }, false, [])).toEqual({ kind: 'dropped', reason });
});
