import { AdapterError } from '../adapterError';
import type { LayerPermutation } from '../permutation';
import type { MoraGeometry } from '../structure';
import { inputGroups, outputGroups, wrapPad } from './grouping';

/** LoRA factors with ΔW = B A exactly: `a` [rank, dIn], `b` [dOut, rank]; alpha = rank makes LoRA's scale 1. */
export interface LoraFactors {
  readonly rank: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/**
 * MoRA of types 1 to 4 as a LoRA of rank r̂: ΔW = D M C with A = C, the 0/1 compression, and B = D M, rows of M; where
 * the layer is shuffled, A = C P_in and B = P_out D M. `m` is M also of normalized MoRA (officialForm).
 * Throws an AdapterError for type 6, whose ΔW has full rank.
 */
export function exactLora(
  geometry: MoraGeometry & { readonly permutation?: LayerPermutation | null },
  m: Float32Array,
): LoraFactors {
  const { dIn, dOut, rHat, type } = geometry;
  if (type === 6) {
    throw new AdapterError('mora_type 6 (rotation) has full rank and no exact LoRA; export merged weights instead.');
  }
  const { columns, rows } = geometry.permutation ?? {};
  const a = new Float32Array(rHat * dIn);
  const colOf = inputGroups(geometry);
  const pad = wrapPad(geometry);
  for (let j = 0; j < dIn; j++) {
    const from = columns?.[j] ?? j;
    a[(colOf[from] as number) * dIn + j] = 1;
    if (from < pad) a[((dIn + from) % rHat) * dIn + j] = 1;
  }

  const b = new Float32Array(dOut * rHat);
  const rowOf = outputGroups(geometry);
  for (let i = 0; i < dOut; i++) {
    const row = (rowOf[rows?.[i] ?? i] as number) * rHat;
    b.set(m.subarray(row, row + rHat), i * rHat);
  }
  return { rank: rHat, a, b };
}
