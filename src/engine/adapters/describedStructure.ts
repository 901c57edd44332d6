import { fullStructure } from './full/fullStructure';
import type { LayerSize } from './layerSize';
import { loraStructure, type LoraOptions } from './lora/loraStructure';
import { moraStructure, type MoraOptions } from './mora/moraStructure';
import type { AdapterStructure } from './structure';

/** What a structure is made from: it can be sent to another thread, as the structure's functions cannot. */
export type StructureDescription =
  | ({ readonly method: 'mora' } & MoraOptions)
  | ({ readonly method: 'lora' } & LoraOptions)
  | ({ readonly method: 'full' } & LayerSize);

export function describeStructure(structure: AdapterStructure): StructureDescription {
  switch (structure.method) {
    case 'mora': {
      const { method, dIn, dOut, rank, type, rHat, normalized, permutation } = structure;
      return { method, dIn, dOut, rank, type, rHat, normalized, permutation };
    }
    case 'lora': {
      const { method, dIn, dOut, rank, alpha, rankStabilised } = structure;
      return { method, dIn, dOut, rank, alpha, rankStabilised };
    }
    case 'full': {
      const { method, dIn, dOut } = structure;
      return { method, dIn, dOut };
    }
  }
}

/** The structure that was described. */
export function describedStructure(description: StructureDescription): AdapterStructure {
  switch (description.method) {
    case 'mora':
      return moraStructure(description);
    case 'lora':
      return loraStructure(description);
    case 'full':
      return fullStructure(description);
  }
}
