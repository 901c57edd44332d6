import type { LinearLayer } from '../../config/targets';
import type { LayerPermutation } from '../adapters/permutation';
import { permutation } from '../data/random';

/**
 * The shuffle of a layer's outputs and inputs after a merge. It follows from seed, merge and the layer's name alone, so
 * that an adapter folder need not hold it. Folders depend on it: another rule needs another version of their format.
 */
export function layerPermutation(
  { seed, merge }: { readonly seed: number; readonly merge: number },
  { name, dIn, dOut }: LinearLayer,
): LayerPermutation {
  return {
    seed,
    merge,
    rows: permutation(dOut, seed, 'permutation', hash(`${merge} rows ${name}`)),
    columns: permutation(dIn, seed, 'permutation', hash(`${merge} columns ${name}`)),
  };
}

/** FNV-1a of the characters' codes, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const character of text) h = Math.imul(h ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return h | 0;
}
