import { expect, test } from 'vitest';
import { configurationSchema, type Configuration } from '../../../src/config/schema';
import { fingerprint } from '../../../src/engine/fingerprint';
import { resumeFingerprint } from '../../../src/engine/training/resumeFingerprint';

const configured = (change: object = {}): Configuration =>
  configurationSchema.parse({ model: 'm', data: { train: 't' }, ...change });

test('the fingerprint of a configuration is that of before there were more keys, as long as they are at their defaults', () => {
  expect(resumeFingerprint(configured())).toBe(
    fingerprint({
      model: 'm',
      data: { train: 't', validation: 0.05, maxLength: 512 },
      adapter: {
        ...{ method: 'mora', mode: 'rotation', rank: 8, alpha: null },
        ...{ layers: 'all', modules: 'all', targets: null, initial: null },
      },
      seed: 0,
      batchSize: 16,
    }),
  );
});

test.each([
  ['another rank', { adapter: { rank: 4 } }],
  ['normalized', { adapter: { normalized: true } }],
  ['rank-stabilised', { adapter: { rankStabilised: true } }],
  ['more that is trained', { adapter: { alsoTrain: ['norms'] } }],
  ['other names of fields', { data: { train: 't', fields: { prompt: 'q' } } }],
  ['another seed', { training: { seed: 1 } }],
  ['merges', { training: { remora: { mergeEvery: 10 } } }],
])('it changes with %s', (_, change) => {
  expect(resumeFingerprint(configured(change))).not.toBe(resumeFingerprint(configured()));
});

test('it does not change with what a resumed run may change', () => {
  const merging = (change: object): Configuration =>
    configured({ training: { remora: { mergeEvery: 10, ...change } } });
  expect(resumeFingerprint(configured({ training: { steps: 9, learningRate: 1, keepBest: false } }))).toBe(
    resumeFingerprint(configured()),
  );
  expect(resumeFingerprint(merging({ restartWarmup: 3, schedule: 'cosine' }))).toBe(resumeFingerprint(merging({})));
  expect(resumeFingerprint(merging({ mergeEvery: 11 }))).not.toBe(resumeFingerprint(merging({})));
});
