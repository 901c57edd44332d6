import { timesTranspose } from '../../analysis/product';
import { singularValues } from '../../analysis/singularValues';
import { triangularFactor } from '../../analysis/triangularFactor';
import { framed, type Frame, type FramedDelta } from './frames';
import type { StructuredParameters } from './mora/official';

/**
 * Operations that one spectrum may cost, about a minute of one core. A ΔW that would cost more has nothing cheaper that
 * is exact: after many shuffled merges it is a dense matrix of full rank.
 */
const MAX_OPERATIONS = 6e10;

/**
 * The singular values of the sum of several ΔW of one layer, descending, those that can differ from 0; undefined where
 * that would take too long. Exact: with all frames of a side stacked, the sum is X K Yᵀ, and with X = Q R and Y = P S
 * its singular values are those of R K Sᵀ, whose sides are the stacked widths or, where these are longer, those of the
 * layer. With rotation or full fine-tuning among them the sum is formed and decomposed as it is.
 */
export function accumulatedSingularValues(parts: readonly StructuredParameters[]): Float64Array | undefined {
  const [first] = parts;
  if (first === undefined) throw new Error('a sum of no ΔW');
  if (parts.length === 1) return first.structure.singularValues(first.parameters);
  const { dIn, dOut } = first.structure;
  const deltas = parts.map(framed);
  if (deltas.some((delta) => delta === undefined)) {
    if (decomposition(dOut, dIn) > MAX_OPERATIONS) return undefined;
    return singularValues(sumOfDeltas(parts), dOut, dIn);
  }
  const given = deltas.filter((delta) => delta !== undefined);
  const left = stack(given.map((delta) => delta.left));
  const right = stack(given.map((delta) => delta.right));
  const rows = Math.min(dOut, left.width);
  const cols = Math.min(dIn, right.width);
  const stacking = 2 * (dOut * left.width * rows + dIn * right.width * cols);
  const joining = 2 * rows * right.width * (left.width + cols);
  if (stacking + joining + decomposition(rows, cols) > MAX_OPERATIONS) return undefined;
  const core = transposedCore(given, left, right);
  const half = timesTranspose(shortened(left, dOut), core, rows, right.width, left.width);
  return singularValues(timesTranspose(half, shortened(right, dIn), rows, cols, right.width), rows, cols);
}

/** Operations of a singular value decomposition without vectors, roughly. */
function decomposition(rows: number, cols: number): number {
  return 4 * rows * cols * Math.min(rows, cols);
}

function sumOfDeltas(parts: readonly StructuredParameters[]): Float64Array {
  const sum = new Float64Array((parts[0]?.structure.dOut ?? 0) * (parts[0]?.structure.dIn ?? 0));
  for (const { structure, parameters } of parts) {
    const delta = structure.deltaWeight(parameters);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (delta[i] as number);
  }
  return sum;
}

/** Distinct frames beside each other. */
interface Stack {
  readonly width: number;
  readonly frames: readonly Frame[];
  /** First column of each frame, by its key. */
  readonly offsets: ReadonlyMap<string, number>;
}

function stack(frames: readonly Frame[]): Stack {
  const offsets = new Map<string, number>();
  const distinct: Frame[] = [];
  let width = 0;
  for (const frame of frames) {
    if (offsets.has(frame.key)) continue;
    offsets.set(frame.key, width);
    distinct.push(frame);
    width += frame.width;
  }
  return { width, frames: distinct, offsets };
}

/** The stacked frames [length, width], or the triangular factor [width, width] of them where that is smaller. */
function shortened({ width, frames, offsets }: Stack, length: number): Float64Array {
  const x = new Float64Array(length * width);
  for (const frame of frames) {
    const offset = offsets.get(frame.key) ?? 0;
    frame.forEach((row, column, value) => {
      const at = row * width + offset + column;
      x[at] = (x[at] as number) + value;
    });
  }
  return length > width ? triangularFactor(x, length, width) : x;
}

/** Kᵀ [right.width, left.width]. */
function transposedCore(deltas: readonly FramedDelta[], left: Stack, right: Stack): Float64Array {
  const core = new Float64Array(right.width * left.width);
  for (const delta of deltas) {
    const row = right.offsets.get(delta.right.key) ?? 0;
    const column = left.offsets.get(delta.left.key) ?? 0;
    for (let a = 0; a < delta.left.width; a++) {
      for (let g = 0; g < delta.right.width; g++) {
        const at = (row + g) * left.width + column + a;
        core[at] = (core[at] as number) + (delta.core[a * delta.right.width + g] as number);
      }
    }
  }
  return core;
}
