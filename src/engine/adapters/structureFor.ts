import { MORA_MODES } from '../../config/mode';
import type { AdapterConfiguration } from '../../config/schema';
import { fullStructure } from './full/fullStructure';
import type { LayerSize } from './layerSize';
import { loraStructure } from './lora/loraStructure';
import { moraStructure } from './mora/moraStructure';
import type { AdapterStructure } from './structure';

/** α that LoRA takes when none is given, as a multiple of the rank. */
const DEFAULT_ALPHA_PER_RANK = 2;

/** The structure of ΔW that a configuration means for a layer. Throws AdapterError when it does not fit the layer. */
export function structureFor(adapter: AdapterConfiguration, { dIn, dOut }: LayerSize): AdapterStructure {
  const { rank } = adapter;
  switch (adapter.method) {
    case 'mora':
      return moraStructure({ dIn, dOut, rank, type: MORA_MODES[adapter.mode].type });
    case 'lora':
      return loraStructure({ dIn, dOut, rank, alpha: adapter.alpha ?? DEFAULT_ALPHA_PER_RANK * rank });
    case 'full':
      return fullStructure({ dIn, dOut });
  }
}
