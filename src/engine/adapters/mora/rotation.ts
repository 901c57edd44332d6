/** Base of the angles, as in RoPE (Su et al. 2021); fixed in the official code. */
const ROTATION_BASE = 10000;

/** How many blocks of r̂ the inputs make, the last one filled by wrapping. */
export function blockCount(dIn: number, rHat: number): number {
  return Math.ceil(dIn / rHat);
}

/**
 * Angles b·θₖ of block b for the pairs (k, k + r̂/2), with θₖ = 10000^(−2k/r̂). Float32Array [blocks, r̂/2].
 * Jiang et al. 2024 (MoRA), Eq. 10 and 11, with the pairing, the block numbers from 0 and the float32 steps of the
 * official code, on which trained checkpoints depend.
 */
export function rotationAngles(blocks: number, rHat: number): Float32Array {
  const half = rHat / 2;
  const angles = new Float32Array(blocks * half);
  for (let k = 0; k < half; k++) {
    const theta = Math.fround(ROTATION_BASE ** Math.fround((-2 * k) / rHat));
    for (let b = 0; b < blocks; b++) angles[b * half + k] = b * theta;
  }
  return angles;
}

/** cos and sin of {@link rotationAngles}, each Float32Array [blocks, r̂/2]. */
export interface RotationTables {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

export function rotationTables(blocks: number, rHat: number): RotationTables {
  const angles = rotationAngles(blocks, rHat);
  return { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
}
