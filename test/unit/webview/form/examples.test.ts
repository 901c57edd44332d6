import { expect, test } from 'vitest';
import { runsOf } from '../../../../webview/form/examples/tokens';
import { fateText, isError, problemText, remarkText } from '../../../../webview/form/examples/words';
import { DATA_PROBLEMS, type DataProblem } from '../../../../src/run/dataReport';

test('what is read out tells by turns what is given and what is learned', () => {
  const token = (text: string, supervised: boolean) => ({ id: 1, text, supervised });
  const tokens = [token('Say', false), token(' it.\n', false), token('it', true), token('<end>', true)];
  expect(runsOf(tokens)).toEqual([
    { supervised: false, text: 'Say it.\n' },
    { supervised: true, text: 'it<end>' },
  ]);
  expect(runsOf([])).toEqual([]);
});

test('a doubled start, and an end that is never learned, are errors; what concerns some examples is a warning', () => {
  const problem = (kind: DataProblem['kind'], count: number): DataProblem => ({ kind, count, of: 4, first: 'a:1' });
  expect(DATA_PROBLEMS.filter((kind) => isError(problem(kind, 1)))).toEqual(['doubledStart']);
  expect(isError(problem('unended', 3))).toBe(false);
  expect(isError(problem('unended', 4))).toBe(true);
});

test('every problem says how many it concerns', () => {
  for (const kind of DATA_PROBLEMS) {
    const text = problemText({ kind, count: 3, of: 4321, first: null, marks: ['<|turn|>'] });
    expect(text).toMatch(kind === 'unknownMarks' ? /<\|turn\|>/ : kind === 'heldOut' ? /3 files/ : /3 of 4,321/);
    expect(text).not.toMatch(/\{\d\}/);
  }
});

test('an example says what became of it and what is odd, each with its mend', () => {
  const example = { line: 1, place: 'a:1', tokens: [], length: 5, supervised: 2, remarks: [] };
  expect(fateText({ ...example, truncated: true, part: { number: 2, of: 3 } })).toEqual([
    'cut at the end',
    'part 2 of 3 of its record',
  ]);
  expect(fateText({ ...example, truncated: false, part: null })).toEqual([]);
  expect(remarkText({ kind: 'marks', marks: ['<s>', '</s>'] })).toMatchObject({ text: '<s>, </s> is ordinary text' });
  expect(remarkText({ kind: 'unended' }).mend).toMatch(/eos_token_id/);
});
