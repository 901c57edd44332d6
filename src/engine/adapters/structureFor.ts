import { MORA_MODES } from '../../config/mode';
import type { AdapterConfiguration } from '../../config/schema';
import { fullStructure } from './full/fullStructure';
import type { LayerSize } from './layerSize';
import { loraStructure } from './lora/loraStructure';
import { moraStructure } from './mora/moraStructure';
import type { AdapterStructure } from './structure';

/** α that LoRA takes when none is given, as a multiple of the rank. */
const DEFAULT_ALPHA_PER_RANK = 2;

/** Rank-stabilised, α must not grow with the rank, or the scale would; this is the usual α of rank 8. */
const DEFAULT_STABILISED_ALPHA = 16;

/** The structure of ΔW that a configuration means for a layer. Throws AdapterError when it does not fit the layer. */
export function structureFor(adapter: AdapterConfiguration, { dIn, dOut }: LayerSize): AdapterStructure {
  const { rank, normalized, rankStabilised } = adapter;
  switch (adapter.method) {
    case 'mora':
      return moraStructure({ dIn, dOut, rank, normalized, type: MORA_MODES[adapter.mode].type });
    case 'lora': {
      const usual = rankStabilised ? DEFAULT_STABILISED_ALPHA : DEFAULT_ALPHA_PER_RANK * rank;
      return loraStructure({ dIn, dOut, rank, rankStabilised, alpha: adapter.alpha ?? usual });
    }
    case 'full':
      return fullStructure({ dIn, dOut });
  }
}
