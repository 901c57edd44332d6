import { framed, type Frame, type FramedDelta } from '../../adapters/frames';
import { parameterOf } from '../../adapters/parameter';
import type { StructuredParameters } from '../../adapters/mora/official';
import { sumOfDeltas } from './sumOfDeltas';
import type { Factors } from './bestLowRank';

/** A LoRA that equals ΔW = scale · B A: its rank, and its factors when asked for. */
export interface ExactLora {
  readonly rank: number;
  readonly scale: number;
  readonly factors: () => Factors;
  /** They are the adapter's own A and B. */
  readonly unchanged: boolean;
}

/**
 * The sum of several ΔW of one layer as a LoRA. A LoRA alone is as it is. Else B A, of scale 1 and of the least inner size
 * that the structures give, exactly but for the rounding of B or A to float32: sharing groups of MoRA as 0/1 matrices,
 * what was merged before beside the rest; and ΔW itself beside the identity where that is smaller. Undefined with rotation
 * or full fine-tuning among them, whose ΔW has no smaller inner size.
 */
export function exactLoraOf(parts: readonly StructuredParameters[]): ExactLora | undefined {
  const [only] = parts;
  if (parts.length === 1 && only?.structure.method === 'lora') {
    const { structure, parameters } = only;
    const { rank, scale, parameterShapes } = structure;
    const a = parameterOf(parameterShapes, parameters, 'A');
    const b = parameterOf(parameterShapes, parameters, 'B');
    return { rank, scale, factors: () => ({ rank, a, b }), unchanged: true };
  }
  const deltas: FramedDelta[] = [];
  for (const [index, part] of parts.entries()) {
    const delta = framed(part, index);
    if (delta === undefined) return undefined;
    deltas.push(delta);
  }
  const [first] = parts;
  if (first === undefined) return undefined;
  const { dIn, dOut } = first.structure;
  const left = stacked(deltas.map((delta) => delta.left));
  const right = stacked(deltas.map((delta) => delta.right));
  const rank = Math.min(left.width, right.width, dIn, dOut);
  return {
    rank,
    scale: 1,
    unchanged: false,
    factors: () => {
      if (rank === right.width) return { rank, a: entries(right, dIn, true), b: outer(deltas, right, dOut, 'right') };
      if (rank === left.width) return { rank, a: outer(deltas, left, dIn, 'left'), b: entries(left, dOut, false) };
      return besideIdentity(sumOfDeltas(parts), dOut, dIn);
    },
  };
}

/** ΔW = ΔW 1 or 1 ΔW, whichever is smaller. */
export function besideIdentity(delta: Float32Array, dOut: number, dIn: number): Factors {
  const rank = Math.min(dIn, dOut);
  const identity = new Float32Array(rank * rank);
  for (let i = 0; i < rank; i++) identity[i * rank + i] = 1;
  return dIn <= dOut ? { rank, a: identity, b: delta } : { rank, a: delta, b: identity };
}

/** Distinct frames beside each other, and the first column of each by its key. */
interface Stacked {
  readonly frames: readonly Frame[];
  readonly offsets: ReadonlyMap<string, number>;
  readonly width: number;
}

function stacked(all: readonly Frame[]): Stacked {
  const frames = [...new Map(all.map((frame) => [frame.key, frame])).values()];
  const offsets = new Map<string, number>();
  let width = 0;
  for (const frame of frames) {
    offsets.set(frame.key, width);
    width += frame.width;
  }
  return { frames, offsets, width };
}

/** The frames themselves, [length, width], or [width, length] when `transposed`. */
function entries({ frames, offsets, width }: Stacked, length: number, transposed: boolean): Float32Array {
  const values = new Float32Array(length * width);
  for (const frame of frames) {
    const offset = offsets.get(frame.key) ?? 0;
    frame.forEach((row, column, value) => {
      const at = transposed ? (offset + column) * length + row : row * width + offset + column;
      values[at] = (values[at] as number) + value;
    });
  }
  return values;
}

/**
 * What stands beside the stacked frames of one side: Σ L K over the columns of R, [dOut, width] for 'right';
 * Σ K Rᵀ over the rows of L, [width, dIn] for 'left'.
 */
function outer(deltas: readonly FramedDelta[], side: Stacked, length: number, which: 'left' | 'right'): Float32Array {
  const values = new Float64Array(length * side.width);
  for (const { left, right, core } of deltas) {
    const [own, other] = which === 'right' ? [right, left] : [left, right];
    const offset = side.offsets.get(own.key) ?? 0;
    other.forEach((index, inner, weight) => {
      for (let k = 0; k < own.width; k++) {
        const value = which === 'right' ? core[inner * right.width + k] : core[k * right.width + inner];
        const at = which === 'right' ? index * side.width + offset + k : (offset + k) * length + index;
        values[at] = (values[at] as number) + weight * (value as number);
      }
    });
  }
  return Float32Array.from(values);
}
