import { AdapterError } from '../adapterError';
import type { MoraGeometry } from '../structure';
import { inputGroups, outputGroups, wrapPad } from './grouping';

/** LoRA factors with ΔW = B A exactly: `a` [rank, dIn], `b` [dOut, rank]; alpha = rank makes LoRA's scale 1. */
export interface LoraFactors {
  readonly rank: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/**
 * MoRA of types 1 to 4 as a LoRA of rank r̂: ΔW = D M C with A = C, the 0/1 compression, and B = D M, rows of M.
 * Throws an AdapterError for type 6, whose ΔW has full rank.
 */
export function exactLora(geometry: MoraGeometry, m: Float32Array): LoraFactors {
  const { dIn, dOut, rHat, type } = geometry;
  if (type === 6) {
    throw new AdapterError('mora_type 6 (rotation) has full rank and no exact LoRA; export merged weights instead.');
  }
  const a = new Float32Array(rHat * dIn);
  const colOf = inputGroups(geometry);
  for (let j = 0; j < dIn; j++) a[(colOf[j] as number) * dIn + j] = 1;
  const pad = wrapPad(geometry);
  for (let j = 0; j < pad; j++) a[((dIn + j) % rHat) * dIn + j] = 1;

  const b = new Float32Array(dOut * rHat);
  const rowOf = outputGroups(geometry);
  for (let i = 0; i < dOut; i++) {
    const row = (rowOf[i] as number) * rHat;
    b.set(m.subarray(row, row + rHat), i * rHat);
  }
  return { rank: rHat, a, b };
}
