import { describe, expect, it } from 'vitest';
import { requireConfiguration } from '../../../src/config/parse';
import type { Configuration } from '../../../src/config/schema';
import { AdapterError } from '../../../src/engine/adapters/adapterError';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { requireEveryGrouping, requireRemora, requireWarmupBeforeMerge } from '../../../src/engine/training/remora';
import { unusedSettings } from '../../../src/engine/training/unusedSettings';

function configured(change: { adapter?: object; data?: object; training?: object }): Configuration {
  const { adapter = {}, data = {}, training = {} } = change;
  return requireConfiguration(
    JSON.stringify({ model: 'm', data: { train: 't', ...data }, adapter, training }),
    'a.mora.json',
  );
}

const remora = (change: object = {}) => ({ remora: { mergeEvery: 100, ...change } });

describe('ReMoRA that cannot be is refused in one sentence', () => {
  it.each([
    ['full fine-tuning', { adapter: { method: 'full' }, training: remora() }, /"adapter.method" is full/],
    ['rotation in a cycle', { training: remora({ regroup: 'cycle' }) }, /"adapter.mode" is rotation; use permutation/],
    ['a restart that never ends', { training: remora({ restartWarmup: 100 }) }, /would never be reached again/],
    [
      'two schedules',
      { training: { ...remora({ schedule: 'cosine' }), schedule: 'linear' } },
      /"training.schedule" is linear; make both cosine/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => requireRemora(configured(change))).toThrow(message);
  });

  it('a warm-up that is longer than the time to the first merge', () => {
    const slow = configured({ training: { ...remora(), warmup: 0.5 } });
    expect(() => requireWarmupBeforeMerge(slow, 300)).toThrow(/takes 150 steps, longer than the 100/);
    expect(() => requireWarmupBeforeMerge(slow, 200)).not.toThrow();
  });

  it('a type of the cycle that does not fit a layer', () => {
    const cycle = configured({ adapter: { mode: 'sharing-blocks' }, training: remora({ regroup: 'cycle' }) });
    const linear = { layer: 0, module: 'q_proj', name: 'model.layers.0.self_attn.q_proj', dIn: 4, dOut: 40 };
    // Contiguous groups take any r̂, strided ones wrap at most all inputs once.
    const structure = moraStructure({ ...linear, rank: 8, type: 2 });
    expect(() => requireEveryGrouping(structure, linear, cycle)).toThrow(AdapterError);
    expect(() => requireEveryGrouping(structure, linear, configured({ training: remora() }))).not.toThrow();
  });
});

it.each([
  ['sharing in a cycle', { adapter: { mode: 'sharing' }, training: remora({ regroup: 'cycle' }) }],
  ['rotation shuffled', { training: remora() }],
  ['LoRA', { adapter: { method: 'lora' }, training: remora() }],
  ['no ReMoRA', { adapter: { method: 'full' } }],
])('%s is taken', (_, change) => {
  expect(() => requireRemora(configured(change))).not.toThrow();
});

describe('settings that do nothing', () => {
  it('are named with what they are for', () => {
    const settings = unusedSettings(
      configured({
        adapter: { method: 'full', alpha: 4, rankStabilised: true, normalized: true },
        data: { validation: 0 },
        training: { learningRateRatio: 4, earlyStopping: {} },
      }),
    );
    expect(settings.map((sentence) => /^"([^"]+)"/.exec(sentence)![1])).toEqual([
      'adapter.alpha',
      'adapter.rankStabilised',
      'training.learningRateRatio',
      'adapter.normalized',
      'training.earlyStopping',
    ]);
  });

  it('are not named where they count', () => {
    const lora = { method: 'lora', alpha: 4, rankStabilised: true };
    expect(
      unusedSettings(configured({ adapter: lora, training: { learningRateRatio: 4, earlyStopping: {} } })),
    ).toEqual([]);
    expect(unusedSettings(configured({ adapter: { normalized: true } }))).toEqual([]);
  });
});
