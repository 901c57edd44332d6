import type { Reals } from '../../../analysis/arithmetic';
import { valuesOfForms, type BidiagonalForm } from '../../../analysis/bidiagonalForm';
import { blockMemory } from '../../../analysis/blockMemory';
import { coupledForms, type CoupledForms } from '../../../analysis/coupledSingularValues';
import { bidiagonalForm } from '../../../analysis/singularValues';
import type { MoraGeometry } from '../structure';
import { wrapPad } from './grouping';
import { blockCount, rotationAngles } from './rotation';

/**
 * Singular values of ΔW for type 6, from matrices of at most r̂ × r̂ and one of two such blocks.
 *
 * ΔW is block diagonal with blocks W_b M R_b. R_b is orthogonal and drops out. W_b = diag(√count) says how often each
 * row is an output: an output repeated t times counts as one scaled by √t, a cropped one as none. So there are at most
 * three different blocks: repeated t + 1 times, cut within, repeated t times. Only the columns that wrap from the last
 * block onto the first couple two blocks.
 */
export function rotationSingularValues(geometry: MoraGeometry, m: Reals): Float64Array {
  const { dIn, dOut, rHat } = geometry;
  const last = blockCount(dIn, rHat) - 1;
  const coupled = wrapPad(geometry) > 0 && outputCount(geometry, last * rHat) > 0;
  const parts: Part[] = [];
  const wrapped = coupled ? wrappedForms(geometry, m, last) : undefined;
  if (wrapped !== undefined) parts.push({ form: wrapped.both, weights: [1] });
  const plain: number[] = [];
  for (let b = coupled ? 1 : 0; b <= (coupled ? last - 1 : last); b++) {
    const mostRepeated = outputCount(geometry, b * rHat);
    if (mostRepeated === 0) break;
    if (outputCount(geometry, (b + 1) * rHat - 1) === mostRepeated) {
      plain.push(Math.sqrt(mostRepeated));
    } else {
      parts.push({ form: bidiagonalForm(weightedBlock(geometry, m, b), liveRows(geometry, b), rHat), weights: [1] });
    }
  }
  if (plain.length > 0) {
    // The first block is M too, where all its rows are repeated as often.
    const ofFirst = outputCount(geometry, 0);
    const isPlain = ofFirst === outputCount(geometry, rHat - 1);
    if (wrapped?.upper !== undefined && isPlain) {
      parts.push({ form: wrapped.upper(), weights: plain.map((weight) => weight / Math.sqrt(ofFirst)) });
    } else {
      parts.push({ form: bidiagonalForm(m, rHat, rHat), weights: plain });
    }
  }

  const values = new Float64Array(Math.min(dIn, dOut));
  let filled = 0;
  valuesOfForms(parts.map(({ form }) => form)).forEach((found, index) => {
    for (const weight of parts[index]?.weights ?? []) {
      for (const sigma of found) values[filled++] = weight * sigma;
    }
  });
  return values.sort().reverse();
}

/** Blocks of ΔW that are the same matrix, but for a factor: the weight. */
interface Part {
  readonly form: BidiagonalForm;
  readonly weights: readonly number[];
}

/** How many outputs show row `p` of the stacked blocks: i = p, p + n·r̂, p + 2n·r̂, … below dOut. */
function outputCount({ dIn, dOut, rHat }: MoraGeometry, p: number): number {
  return Math.max(0, Math.ceil((dOut - p) / (blockCount(dIn, rHat) * rHat)));
}

/** How many rows of block b are outputs at all. */
function liveRows({ dOut, rHat }: MoraGeometry, b: number): number {
  return Math.min(rHat, Math.max(0, dOut - b * rHat));
}

/** W_b M, of the rows that are outputs. */
function weightedBlock(geometry: MoraGeometry, m: Reals, b: number): Reals {
  const { rHat } = geometry;
  const rows = liveRows(geometry, b);
  const weighted = blockMemory(m, rows * rHat);
  for (let a = 0; a < rows; a++) {
    const weight = Math.sqrt(outputCount(geometry, b * rHat + a));
    for (let c = 0; c < rHat; c++) weighted[a * rHat + c] = weight * (m[a * rHat + c] as number);
  }
  return weighted;
}

/** The first and the last block, coupled by the columns of the last that wrap; a single block folds onto itself. */
function wrappedForms(geometry: MoraGeometry, m: Reals, last: number): CoupledForms {
  const { dIn, rHat } = geometry;
  const rows = liveRows(geometry, last);
  const pad = wrapPad(geometry);
  if (last === 0) {
    return { both: bidiagonalForm(rotatedBlock(geometry, m, last, dIn, 0), rows, dIn), upper: undefined };
  }
  return coupledForms({
    upper: { rows: rHat, cols: rHat, values: weightedBlock(geometry, m, 0) },
    lower: { rows, cols: rHat, values: rotatedBlock(geometry, m, last, rHat, pad) },
    shared: pad,
  });
}

/** W_b M R_b; its column c is found in column c + `shift`, modulo `cols`, where columns may meet. */
function rotatedBlock(geometry: MoraGeometry, m: Reals, b: number, cols: number, shift: number): Reals {
  const { rHat } = geometry;
  const rows = liveRows(geometry, b);
  const half = rHat / 2;
  const angles = rotationAngles(b + 1, rHat).subarray(b * half);
  const cos = Float64Array.from(angles, Math.cos);
  const sin = Float64Array.from(angles, Math.sin);
  const column = Int32Array.from({ length: rHat }, (_, c) => (c + shift) % cols);
  const block = blockMemory(m, rows * cols, 1);
  for (let a = 0; a < rows; a++) {
    const weight = Math.sqrt(outputCount(geometry, b * rHat + a));
    for (let k = 0; k < half; k++) {
      const c = weight * (cos[k] as number);
      const s = weight * (sin[k] as number);
      const x = m[a * rHat + k] as number;
      const y = m[a * rHat + half + k] as number;
      const left = a * cols + (column[k] as number);
      const right = a * cols + (column[half + k] as number);
      block[left] = (block[left] as number) + x * c + y * s;
      block[right] = (block[right] as number) + y * c - x * s;
    }
  }
  return block;
}
