import type { MoraType } from '../../../config/mode';
import { AdapterError } from '../adapterError';
import { describeLayer, type LayerSize } from '../layerSize';

/**
 * r̂ = ⌊√((dIn + dOut)·rank) + ½⌋, so that M [r̂, r̂] has about as many parameters as LoRA of that rank; even for type 6,
 * which rotates pairs. Jiang et al. 2024 (MoRA), §4, floors instead; the official code rounds, and checkpoints follow it.
 */
export function rHatOf({ dIn, dOut }: LayerSize, rank: number, type: MoraType): number {
  const rounded = Math.floor(Math.sqrt((dIn + dOut) * rank) + 0.5);
  return type === 6 ? rounded - (rounded % 2) : rounded;
}

/**
 * Throws an AdapterError when no operator of this type exists for r̂: types 1, 4 and 6 fill the last block of inputs
 * with the first inputs, of which there are enough for r̂ ≤ 2·dIn; and type 6 needs pairs.
 */
export function requireRHat(rHat: number, layer: LayerSize, rank: number, type: MoraType): void {
  const what = `Rank ${rank} gives r̂ = ${rHat} for the layer ${describeLayer(layer)}`;
  if (type === 6 && (rHat < 2 || rHat % 2 !== 0)) {
    throw new AdapterError(`${what}, but rotation needs a positive even r̂; use mora_type 1 (sharing) or another rank.`);
  }
  if (type !== 2 && type !== 3 && rHat > 2 * layer.dIn) {
    const largest = largestRankFor(2 * layer.dIn, layer, type);
    const mend = largest < 1 ? 'use mora_type 2 or 3' : `use a rank of at most ${largest}, or mora_type 2 or 3`;
    throw new AdapterError(`${what}, more than twice its inputs, which mora_type ${type} cannot wrap; ${mend}.`);
  }
}

/** The largest rank whose r̂ does not exceed `limit`; 0 when even rank 1 does. */
export function largestRankFor(limit: number, layer: LayerSize, type: MoraType): number {
  let rank = Math.ceil((limit + 2) ** 2 / (layer.dIn + layer.dOut));
  while (rank > 0 && rHatOf(layer, rank, type) > limit) rank--;
  return rank;
}
