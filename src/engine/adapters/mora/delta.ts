import type { MoraGeometry } from '../structure';
import { inputGroups, outputGroups, wrapPad } from './grouping';
import { blockCount, rotationTables } from './rotation';

/** ΔW [dOut, dIn] of `m` [r̂, r̂], both row-major. */
export function moraDeltaWeight(geometry: MoraGeometry, m: Float32Array): Float32Array {
  return geometry.type === 6 ? rotationDelta(geometry, m) : sharingDelta(geometry, m);
}

/**
 * ΔW[i, j] = M[row(i), col(j)], plus M[row(i), (dIn + j) mod r̂] for the first `wrapPad` inputs
 * (Jiang et al. 2024 (MoRA), Eq. 6 and 7).
 */
function sharingDelta(geometry: MoraGeometry, m: Float32Array): Float32Array {
  const { dIn, dOut, rHat } = geometry;
  const rowOf = outputGroups(geometry);
  const colOf = inputGroups(geometry);
  const pad = wrapPad(geometry);
  const delta = new Float32Array(dOut * dIn);
  // Where ΔW first shows each row of M; the other outputs of the group copy that.
  const firstOutput = new Int32Array(rHat).fill(-1);
  for (let i = 0; i < dOut; i++) {
    const row = rowOf[i] as number;
    const first = firstOutput[row] as number;
    if (first >= 0) {
      delta.copyWithin(i * dIn, first * dIn, (first + 1) * dIn);
      continue;
    }
    firstOutput[row] = i;
    for (let j = 0; j < dIn; j++) delta[i * dIn + j] = m[row * rHat + (colOf[j] as number)] as number;
    for (let j = 0; j < pad; j++) {
      delta[i * dIn + j] = (delta[i * dIn + j] as number) + (m[row * rHat + ((dIn + j) % rHat)] as number);
    }
  }
  return delta;
}

/**
 * Block b of the outputs is M R_b on block b of the inputs, where R_b rotates the pairs (k, k + r̂/2); columns past
 * dIn fold back onto the first inputs, and outputs past the last block repeat from the first
 * (Jiang et al. 2024 (MoRA), Eq. 9 to 11).
 */
function rotationDelta({ dIn, dOut, rHat }: MoraGeometry, m: Float32Array): Float32Array {
  const blocks = blockCount(dIn, rHat);
  const half = rHat / 2;
  const { cos, sin } = rotationTables(blocks, rHat);
  const delta = new Float32Array(dOut * dIn);
  const period = blocks * rHat;
  for (let i = 0; i < Math.min(dOut, period); i++) {
    const b = Math.floor(i / rHat);
    const row = (i % rHat) * rHat;
    for (let k = 0; k < half; k++) {
      const c = cos[b * half + k] as number;
      const s = sin[b * half + k] as number;
      const x = m[row + k] as number;
      const y = m[row + half + k] as number;
      const left = b * rHat + k;
      const right = left + half;
      const leftAt = i * dIn + (left < dIn ? left : left - dIn);
      const rightAt = i * dIn + (right < dIn ? right : right - dIn);
      delta[leftAt] = (delta[leftAt] as number) + x * c + y * s;
      delta[rightAt] = (delta[rightAt] as number) + y * c - x * s;
    }
  }
  for (let i = period; i < dOut; i++) delta.copyWithin(i * dIn, (i - period) * dIn, (i - period + 1) * dIn);
  return delta;
}
