import { expect, it } from 'vitest';
import { evaluationText } from '../../../src/cli/evaluationText';
import type { EvaluationReport } from '../../../src/engine/rpc/evaluation';

const plain = { live: false, colour: false, columns: 80 };
const report: EvaluationReport = {
  model: '/m',
  adapter: '/r/checkpoints/step-0000200',
  data: { files: ['/a.jsonl', '/b.jsonl'], examples: 20, available: 800, tokens: 1429, supervisedTokens: 245, cut: 0 },
  base: { loss: 9.5225, perplexity: 13663.5, accuracy: 0.0008, exactMatch: 0, seconds: 1 },
  adapted: { loss: 1.313, perplexity: 3.7173, accuracy: 0.5838, exactMatch: 0, seconds: 1 },
  warnings: [],
};

it('shows model and adapter side by side, with the difference', () => {
  expect(evaluationText(report, plain).split('\n')).toEqual([
    'model    /m',
    'adapter  /r/checkpoints/step-0000200',
    'data     /a.jsonl and 1 more: the first 20 of 800 examples, 1,429 tokens, 245 supervised',
    '',
    '                  base  adapter    difference',
    'loss            9.5225   1.3130       -8.2095',
    'perplexity      13,664     3.72       -13,660',
    'token accuracy   0.1 %   58.4 %  +58.3 points',
    'exact match      0.0 %    0.0 %    0.0 points',
  ]);
});

it('shows what was asked for alone, and a perplexity beyond all numbers as such', () => {
  const base = { ...report.base!, loss: 800, perplexity: null, exactMatch: null };
  const data = { ...report.data, available: 20, cut: 3 };
  expect(evaluationText({ ...report, adapter: null, adapted: null, base, data }, plain).split('\n')).toEqual([
    'model    /m',
    'data     /a.jsonl and 1 more: 20 examples, 1,429 tokens, 245 supervised',
    '         3 of them lost the end and are judged by what is left',
    '',
    '                      base',
    'loss              800.0000',
    'perplexity      not finite',
    'token accuracy       0.1 %',
  ]);
});

it('says paths below the working folder from there', () => {
  const files = [`${process.cwd()}/examples/a.jsonl`];
  expect(evaluationText({ ...report, model: 'org/name', data: { ...report.data, files } }, plain)).toMatch(
    /^model {4}org\/name\n.*\ndata {5}examples\/a\.jsonl: /,
  );
});
