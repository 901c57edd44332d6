import { beforeAll, describe, expect, test } from 'vitest';
import { requireConfiguration } from '../../../src/config/parse';
import { resolvePaths } from '../../../src/config/resolvePaths';
import { parseDataReport } from '../../../src/run/dataReport';
import { mergeCounts } from '../../../src/engine/data/mergeCounts';
import { NOTHING_READ, readingCountsSchema, type ReadingCounts } from '../../../src/engine/data/readingCounts';
import type { DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { batchLayout } from '../../../src/engine/training/microBatches';
import { dataProblems, problemSentence } from '../../../src/engine/training/dataProblems';
import { reportData } from '../../../src/engine/training/reportData';
import { loadRunData } from '../../../src/engine/training/runData';
import { dataFile, EMBEDDED_MODEL } from '../data/files';

let decoder: DecoderConfig;
beforeAll(async () => {
  decoder = await readDecoderConfig(EMBEDDED_MODEL);
});

async function reportOf(data: object, training: object = {}) {
  const document = { model: EMBEDDED_MODEL, data, training };
  const configuration = resolvePaths(requireConfiguration(JSON.stringify(document), 'a.mora.json'), '/');
  const runData = await loadRunData(configuration, decoder);
  return reportData(
    runData,
    configuration,
    batchLayout(Math.max(runData.train.longest, runData.validation.longest), 512),
  );
}

function sentences(reading: ReadingCounts, heldOutFiles: number, addsStart: boolean): string[] {
  return dataProblems(reading, { heldOutFiles, addsStart, unknownMarks: undefined }).map(problemSentence);
}

const pair = (completion: string) => ({ prompt: 'Say:', completion });

test('what is said of the data adds up, and can be stored and read again', async () => {
  const train = await dataFile(...Array.from({ length: 20 }, (_, i) => pair(`word${i}`)), { text: '' });
  const validation = await dataFile(pair('one'), pair('two'));
  const report = await reportOf({ train, validation });
  expect(report).toMatchObject({
    files: 2,
    records: 23,
    train: { examples: 20 },
    validation: { examples: 2 },
    complete: 22,
    ended: 22,
    startTokens: null,
    dropped: [{ count: 1, first: `${train}:21`, why: expect.stringMatching(/^with nothing to learn/) }],
    warnings: [],
  });
  expect(parseDataReport(JSON.stringify(report))).toEqual(report);
});

test('packing counts what the rows of a step hold', async () => {
  // Each example is 5 or 6 tokens; a step of 5 of them fits into one row of 32.
  const train = await dataFile(...Array.from({ length: 20 }, () => ({ input_ids: [1, 2, 3, 4, 5] })), {
    input_ids: Array.from({ length: 32 }, (_, i) => i + 1),
  });
  const validation = await dataFile({ input_ids: [1, 2] });
  const { packing } = await reportOf({ train, validation }, { batchSize: 21 });
  // 20 · 5 = 100 tokens take four rows of 32 (six in a row), the long one a row of its own: 132 of 5 rows.
  expect(packing).toEqual({ rowLength: 32, efficiency: 132 / (5 * 32) });
});

describe('what is unwise about data is said', () => {
  const usual: ReadingCounts = {
    ...NOTHING_READ,
    records: 100,
    examples: 100,
    complete: 100,
    ended: 100,
    conversations: 40,
    startTokens: { none: 0, one: 100, several: 0 },
  };
  const place = { count: 60, first: 'a:7' };
  const cases: [what: string, counts: Partial<ReadingCounts>, heldOut: number, warning: RegExp][] = [
    [
      'more than half is left out',
      { examples: 50, dropped: { ...NOTHING_READ.dropped, promptTooLong: place } },
      0,
      /^More than half of the examples are left out: 60 of 110\.$/,
    ],
    [
      'more than half is cut',
      { cut: place },
      0,
      /^More than half of the examples lose their end: 60 of 100; raise "data\.maxLength"\.$/,
    ],
    [
      'a template leaves something out',
      { altered: { count: 3, first: 'a:7' } },
      0,
      /leaves out or changes a message in 3 of 40 conversations \(first at a:7\)\.$/,
    ],
    [
      'two start tokens',
      { startTokens: { none: 0, one: 90, several: 10 }, firstDoubled: 'a:9' },
      0,
      /^10 of 100 examples begin with the start token twice \(first at a:9\)/,
    ],
    [
      'no start token',
      { startTokens: { none: 10, one: 90, several: 0 } },
      0,
      /^10 of 100 examples have no start token/,
    ],
    [
      'no end that generation knows',
      { ended: 60, firstUnended: 'a:7' },
      0,
      /^40 of 100 examples end with a token at which generation does not stop \(first at a:7\)/,
    ],
    ['files that are held out', {}, 2, /names 2 files that "data\.train" names too; they are not trained on\.$/],
  ];
  test.each(cases)('%s', (_, counts, heldOut, warning) => {
    expect(sentences({ ...usual, ...counts }, heldOut, true)).toEqual([expect.stringMatching(warning)]);
  });

  test('and nothing else', () => {
    expect(sentences(usual, 0, true)).toEqual([]);
    // A tokenizer that puts no start token before a text misses none.
    expect(sentences({ ...usual, startTokens: { none: 100, one: 0, several: 0 } }, 0, false)).toEqual([]);
  });
});

test('the counts of two readings are those of both', () => {
  const counts = (fewest: number, first: string): ReadingCounts => ({
    ...NOTHING_READ,
    records: 2,
    examples: 2,
    tokens: 10,
    fewestSupervised: fewest,
    longest: fewest + 5,
    cut: { count: 1, first },
    startTokens: { none: 1, one: 2, several: 3 },
    dropped: { ...NOTHING_READ.dropped, tooLong: { count: 1, first } },
  });
  expect(mergeCounts(counts(3, 'a:1'), counts(2, 'b:1'))).toMatchObject({
    records: 4,
    tokens: 20,
    fewestSupervised: 2,
    longest: 8,
    cut: { count: 2, first: 'a:1' },
    startTokens: { none: 2, one: 4, several: 6 },
    dropped: { tooLong: { count: 2, first: 'a:1' }, boundary: { count: 0, first: null } },
  });
  expect(mergeCounts(counts(3, 'a:1'), NOTHING_READ)).toEqual(counts(3, 'a:1'));
  expect(mergeCounts(NOTHING_READ, counts(3, 'a:1'))).toEqual(counts(3, 'a:1'));
  // None is forgotten.
  expect(Object.keys(mergeCounts(NOTHING_READ, NOTHING_READ)).sort()).toEqual(
    Object.keys(readingCountsSchema.shape).sort(),
  );
});
