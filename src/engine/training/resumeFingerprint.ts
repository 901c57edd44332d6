import { configurationSchema, type Configuration } from '../../config/schema';
import { fingerprint } from '../fingerprint';

/** Keys of before there were more: they always count. What came later counts where it differs from its default. */
const FIRST_DATA_KEYS = ['train', 'validation', 'maxLength'];
const FIRST_ADAPTER_KEYS = ['method', 'mode', 'rank', 'alpha', 'layers', 'modules', 'targets', 'initial'];

/**
 * Names what must stay the same for a saved state to go on exactly. A key that is new at its default changes nothing,
 * so that a checkpoint of before the key can still be resumed.
 */
export function resumeFingerprint({ model, data, adapter, training }: Configuration): string {
  const defaults = configurationSchema.parse({ model: '-', data: { train: '-' } });
  return fingerprint({
    model,
    data: withoutDefaults(data, defaults.data, FIRST_DATA_KEYS),
    adapter: withoutDefaults(adapter, defaults.adapter, FIRST_ADAPTER_KEYS),
    seed: training.seed,
    batchSize: training.batchSize,
    remora:
      training.remora === null
        ? undefined
        : { mergeEvery: training.remora.mergeEvery, regroup: training.remora.regroup },
  });
}

function withoutDefaults(section: object, defaults: object, always: readonly string[]): Record<string, unknown> {
  const usual = new Map(Object.entries(defaults));
  return Object.fromEntries(
    Object.entries(section).filter(
      ([key, value]) => always.includes(key) || JSON.stringify(value) !== JSON.stringify(usual.get(key)),
    ),
  );
}
