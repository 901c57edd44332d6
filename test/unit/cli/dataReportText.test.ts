import { expect, it } from 'vitest';
import { dataReportLines } from '../../../src/run/dataReportText';

const none = { count: 0, first: null };
const report = {
  ...{ files: 1, records: 4, longest: 9, fewestSupervised: 8, cut: none, windowed: 0, windows: 0 },
  train: { examples: 4, tokens: 36, supervisedTokens: 32 },
  validation: { examples: 0, tokens: 0, supervisedTokens: 0 },
  ...{ conversations: 0, conversationTexts: 0, startTokens: null, complete: 0, ended: 0 },
  ...{ dropped: [], packing: { rowLength: 32, efficiency: 0.9 }, problems: [], warnings: [] },
};

it('of ready-made tokens nothing is said of ends, which their maker chose', () => {
  expect(dataReportLines(report).slice(2)).toEqual(['rows of 32 tokens 90 % full']);
  expect(dataReportLines({ ...report, packing: null })).toHaveLength(2);
  expect(dataReportLines({ ...report, complete: 4, ended: 3, packing: null }).at(-1)).toBe(
    'end token learned in 3 of 4 complete examples',
  );
});
