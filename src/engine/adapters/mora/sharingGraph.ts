import { product } from '../../graph/ops/contraction';
import { multiply } from '../../graph/ops/elementwise';
import { rows } from '../../graph/ops/lookup';
import { concatenate, pad, reshape, slice } from '../../graph/ops/layout';
import { sum } from '../../graph/ops/reduction';
import { constant, lengthOf, type Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { MoraStructure } from '../structure';
import { inputGroups, outputGroups, wrapPad } from './grouping';
import { normalization } from './normalization';

/**
 * MoRA by sharing (types 1 to 4; Jiang et al. 2024, Eq. 6): ΔW = D M C.
 * dM = Dᵀ (gᵀ x) Cᵀ = (Dᵀ g)ᵀ (C x): sum the output gradient and the input over their groups, then one small product.
 * Normalized, M = S_out N S_in with constant factors, and dN = S_out dM S_in.
 */
export function sharingGraph(structure: MoraStructure, m: Value): DeltaGraph {
  const { rHat, dIn, dOut, type } = structure;
  const runsIn = type === 2 || type === 3;
  const runsOut = type === 2 || type === 4;
  const scale = structure.normalized ? normalizationGraph(structure) : undefined;
  return {
    delta: () => {
      const compression = constant([rHat, dIn], compressionMatrix(structure));
      const groups = constant([dOut], Array.from(outputGroups(structure)), 'int64');
      return rows(product(scale?.(m) ?? m, compression), groups);
    },
    parameterGradients: (xND, gNO) => {
      const u = runsIn ? sumRuns(xND, rHat) : sumStrided(wrap(xND, wrapPad(structure)), rHat);
      const v = runsOut ? sumRuns(gNO, rHat) : sumStrided(pad(gNO, 1, 0, (rHat - (dOut % rHat)) % rHat), rHat);
      const gradient = product(v, u, { transposeA: true });
      return [scale?.(gradient) ?? gradient];
    },
  };
}

/** S_out m S_in of a matrix m [r̂, r̂]; both factors are symmetric, so it serves N and the gradient of M alike. */
function normalizationGraph(structure: MoraStructure): (m: Value) => Value {
  const { rHat } = structure;
  const { outputs, inputs } = normalization(structure);
  const left = constant([rHat, 1], outputs);
  if (inputs.distance === rHat) {
    const right = constant(
      [1, rHat],
      Float32Array.from({ length: rHat }, (_, g) => inputs.entry(g, g)),
    );
    return (m) => multiply(multiply(m, left), right);
  }
  const entries = Float32Array.from({ length: rHat * rHat }, (_, i) => inputs.entry(Math.floor(i / rHat), i % rHat));
  const right = constant([rHat, rHat], entries);
  return (m) => product(multiply(m, left), right);
}

/** C [r̂, dIn]: entry (g, j) counts how often input j enters group g. */
function compressionMatrix(structure: MoraStructure): Float32Array {
  const { rHat, dIn } = structure;
  const matrix = new Float32Array(rHat * dIn);
  const enter = (group: number, j: number): void => {
    matrix[group * dIn + j] = (matrix[group * dIn + j] ?? 0) + 1;
  };
  inputGroups(structure).forEach(enter);
  for (let j = 0; j < wrapPad(structure); j++) enter((dIn + j) % rHat, j);
  return matrix;
}

/** xND followed by its own first columns: the official code pads with the input, not with zeros. */
export function wrap(xND: Value, columns: number): Value {
  return columns === 0 ? xND : concatenate([xND, slice(xND, 1, 0, columns)], 1);
}

/** Sums columns equal mod r̂: [N, n·r̂] → [N, r̂]. */
function sumStrided(xND: Value, rHat: number): Value {
  const [tokens, width] = [lengthOf(xND.shape, 0), lengthOf(xND.shape, 1)];
  return reshape(sum(reshape(xND, [tokens, width / rHat, rHat]), [1]), [tokens, rHat]);
}

/** Sums contiguous runs of columns, the first width mod r̂ of them one longer: [N, width] → [N, r̂]. */
function sumRuns(xND: Value, rHat: number): Value {
  const [tokens, width] = [lengthOf(xND.shape, 0), lengthOf(xND.shape, 1)];
  const short = Math.floor(width / rHat);
  const longRuns = width % rHat;
  const boundary = longRuns * (short + 1);
  const sumOf = (part: Value, runs: number, length: number): Value =>
    reshape(sum(reshape(part, [tokens, runs, length]), [2]), [tokens, runs]);
  const parts: Value[] = [];
  if (longRuns > 0) parts.push(sumOf(slice(xND, 1, 0, boundary), longRuns, short + 1));
  // With more groups than columns the later groups are empty.
  if (short === 0) return pad(concatenate(parts, 1), 1, 0, rHat - longRuns);
  parts.push(sumOf(slice(xND, 1, boundary, width), rHat - longRuns, short));
  return concatenate(parts, 1);
}
