import { times } from './dense';

export interface MoraShape {
  readonly dIn: number;
  readonly dOut: number;
  readonly rHat: number;
  readonly type: number;
}

/** ΔW of MoRA in float64 as products of dense matrices, D M C or rotation by rotation, without index arithmetic. */
export function denseDelta(shape: MoraShape, m: Float32Array): Float64Array {
  return shape.type === 6 ? denseRotationDelta(shape, m) : denseSharingDelta(shape, m);
}

function denseSharingDelta({ dIn, dOut, rHat, type }: MoraShape, m: Float32Array): Float64Array {
  const compress = new Float64Array(rHat * dIn);
  if (type === 1 || type === 4) {
    // The inputs, continued with the inputs again until the last block is full.
    for (let j = 0; j < dIn || j % rHat !== 0; j++) compress[(j % rHat) * dIn + (j % dIn)]! += 1;
  } else {
    runs(dIn, rHat).forEach((group, j) => (compress[group * dIn + j] = 1));
  }
  const decompress = new Float64Array(dOut * rHat);
  const rows = type === 1 || type === 3 ? Array.from({ length: dOut }, (_, i) => i % rHat) : runs(dOut, rHat);
  rows.forEach((group, i) => (decompress[i * rHat + group] = 1));
  return times(times(decompress, m, dOut, rHat, rHat), compress, dOut, rHat, dIn);
}

/** The group of each of `d` members when r̂ runs share them out, the longer runs first. */
function runs(d: number, rHat: number): number[] {
  return Array.from({ length: rHat }, (_, group) => {
    const members = Math.floor(d / rHat) + (group < d % rHat ? 1 : 0);
    return new Array<number>(members).fill(group);
  }).flat();
}

function denseRotationDelta({ dIn, dOut, rHat }: MoraShape, m: Float32Array): Float64Array {
  const blocks = Math.ceil(dIn / rHat);
  const half = rHat / 2;
  const stacked = new Float64Array(blocks * rHat * dIn);
  for (let b = 0; b < blocks; b++) {
    const rotation = new Float64Array(rHat * rHat);
    for (let k = 0; k < half; k++) {
      const theta = Math.fround(10000 ** Math.fround((-2 * k) / rHat));
      const angle = Math.fround(b * theta);
      rotation[k * rHat + k] = Math.cos(angle);
      rotation[k * rHat + k + half] = -Math.sin(angle);
      rotation[(k + half) * rHat + k] = Math.sin(angle);
      rotation[(k + half) * rHat + k + half] = Math.cos(angle);
    }
    const select = new Float64Array(rHat * dIn);
    for (let c = 0; c < rHat; c++) select[c * dIn + ((b * rHat + c) % dIn)]! += 1;
    const block = times(times(m, rotation, rHat, rHat, rHat), select, rHat, rHat, dIn);
    stacked.set(block, b * rHat * dIn);
  }
  return Float64Array.from({ length: dOut * dIn }, (_, index) => stacked[index % stacked.length]!);
}
