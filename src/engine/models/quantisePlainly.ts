import { LARGEST } from '../graph/ops/quantisation';
import { plainBytes, type Columns, type MakeBytes, type QuantisedArrays } from './quantise';

/** `quantise` of W [dOut, dIn], for every shape. */
export function quantisePlainly(
  weight: Float32Array,
  dOut: number,
  dIn: number,
  columns = columnsOf(weight, dIn),
  make: MakeBytes = plainBytes,
): QuantisedArrays {
  const forwardScales = new Float32Array(dOut);
  const { centre } = columns;
  const backwardScales = columns.largest.map((largest) => largest / LARGEST);
  for (let i = 0; i < dOut; i++) {
    let largest = 0;
    for (let j = 0, at = i * dIn; j < dIn; j++, at++) largest = Math.max(largest, Math.abs(weight[at] as number));
    forwardScales[i] = largest / LARGEST;
  }
  const forward = make(dIn * dOut);
  const backward = make(dOut * dIn);
  const perInput = backwardScales.map(inverse);
  // In tiles, so that the transposed copy is written in whole cache lines.
  for (let top = 0; top < dOut; top += TILE) {
    const bottom = Math.min(dOut, top + TILE);
    for (let left = 0; left < dIn; left += TILE) {
      const right = Math.min(dIn, left + TILE);
      for (let i = top; i < bottom; i++) {
        const perOutput = inverse(forwardScales[i] as number);
        for (let j = left; j < right; j++) {
          const value = weight[i * dIn + j] as number;
          forward[j * dOut + i] = nearest(value * perOutput);
          backward[i * dIn + j] = nearest((value - (centre[j] as number)) * (perInput[j] as number));
        }
      }
    }
  }
  return { forward, forwardScales, backward, backwardScales };
}

const TILE = 64;

function columnsOf(weight: Float32Array, dIn: number): Columns {
  const largest = new Float32Array(dIn);
  for (let at = 0, j = 0; at < weight.length; at++, j = j + 1 === dIn ? 0 : j + 1) {
    largest[j] = Math.max(largest[j] as number, Math.abs(weight[at] as number));
  }
  return { centre: new Float32Array(dIn), largest };
}

/** 1 / scale, 0 for a row of zeros. */
export function inverse(scale: number): number {
  return scale === 0 ? 0 : 1 / scale;
}

/** Nearest whole number, halves to the even one as QuantizeLinear of ONNX has it: at 1.5 · 2⁵² doubles are whole numbers. */
function nearest(x: number): number {
  return x + WHOLE - WHOLE;
}

const WHOLE = 1.5 * 2 ** 52;
