import { modeOfType } from '../config/mode';
import type { AdapterConfig } from './checkpoint/adapterConfig';
import type { Inspection } from './rpc/inspection';

/** What adapter_config.json says, for people and tools. */
export function describeAdapter(config: AdapterConfig): NonNullable<Inspection['adapter']> {
  const { method, rank, baseModel } = config;
  const { merges, permutation } = config.remora;
  const remora = { ...(merges > 0 && { merges }), ...(permutation !== null && { shuffled: true }) };
  switch (method) {
    case 'mora': {
      const mode = modeOfType(config.moraType);
      return { method, moraType: config.moraType, ...(mode === undefined ? {} : { mode }), rank, baseModel, ...remora };
    }
    case 'lora':
      return {
        method,
        rank,
        alpha: config.alpha,
        ...(config.rankStabilised && { rankStabilised: true }),
        baseModel,
        ...remora,
      };
    case 'full':
      return { method, rank, baseModel };
  }
}
