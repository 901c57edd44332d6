import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { requireConfiguration } from '../../../../src/config/parse';
import { resolvePaths } from '../../../../src/config/resolvePaths';
import { duplicatedConfiguration } from '../../../../src/host/runs/duplicatedConfiguration';

const workspace = mkdtempSync(join(tmpdir(), 'mora-duplicate-'));
const file = join(workspace, 'tasks', 'copy.mora.json');
mkdirSync(dirname(file));

/** The configuration that a run of the document would hold. */
const ran = (document: object) => resolvePaths(requireConfiguration(JSON.stringify(document), file), dirname(file));

it.each([
  ['of defaults', { model: './model', data: { train: 'a.jsonl' } }],
  [
    'of every kind of path',
    {
      model: { config: '../base' },
      data: { train: ['data/*.jsonl', '/elsewhere/b.csv'], validation: 'v.jsonl', template: 't.jinja' },
      adapter: { method: 'lora', rank: 4, initial: 'adapter' },
    },
  ],
  [
    'of a hub id and choices',
    {
      model: 'org/name@main',
      data: { train: 'a.jsonl', validation: 0, fields: { prompt: 'q' } },
      adapter: { mode: 'sharing', layers: '0-3', targets: { '0': ['q_proj'] } },
      training: { betas: [0.8, 0.95], remora: { mergeEvery: 100 }, learningRate: 3e-4, epochs: 3 },
      compute: { base: 'int8' },
    },
  ],
])('a duplicate %s trains as the run did', (_, document) => {
  const configuration = ran(document);
  const text = duplicatedConfiguration(configuration, file, workspace);
  expect(resolvePaths(requireConfiguration(text, file), dirname(file))).toEqual(configuration);
});

it('says what was chosen and nothing that is so by default, with paths that hold for others', () => {
  const configuration = ran({ model: '../model', data: { train: 'a.jsonl' }, training: { epochs: 2 } });
  expect(JSON.parse(duplicatedConfiguration(configuration, file, workspace))).toEqual({
    model: '../model',
    data: { train: 'a.jsonl' },
    training: { epochs: 2 },
    adapter: { method: 'mora', mode: 'rotation', rank: 8 },
  });
});
