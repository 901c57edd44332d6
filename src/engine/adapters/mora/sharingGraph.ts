import { product } from '../../graph/ops/contraction';
import { withDerivative } from '../../graph/ops/derived';
import { multiply } from '../../graph/ops/elementwise';
import { columns, rows } from '../../graph/ops/lookup';
import { after } from '../../graph/ops/order';
import { once } from '../../graph/once';
import { constant, type Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { MoraStructure } from '../structure';
import { groupTable, repeated, sumPeriods, sumRuns } from './columnGroups';
import { inputGroups, outputGroups, wrapPad } from './grouping';
import { inputSums } from './inputSums';
import { normalization } from './normalization';

/**
 * MoRA by sharing (types 1 to 4; Jiang et al. 2024, Eq. 6): ΔW = D M C.
 * dM = Dᵀ (gᵀ x) Cᵀ = (Dᵀ g)ᵀ (C x): sum the output gradient and the input over their groups, then one small product.
 * Normalized, M = S_out N S_in with constant factors, and dN = S_out dM S_in.
 */
export function sharingGraph(structure: MoraStructure, m: Value): DeltaGraph {
  const { rHat, dIn, dOut, type } = structure;
  const runsOut = type === 2 || type === 4;
  const scale = structure.normalized ? normalizationGraph(structure) : undefined;
  const scaled = scale?.(m) ?? m;
  /** C x [N, r̂] */
  const compressed = inputSums(structure);
  /** Dᵀ g [N, r̂] */
  const folded = once((gNO) => (runsOut ? sumRuns(gNO, rHat) : sumPeriods(gNO, rHat)));
  const gradientOfM = (inputs: Value, gNO: Value): Value => {
    const gradient = product(folded(gNO), inputs, { transposeA: true });
    return scale?.(gradient) ?? gradient;
  };
  return {
    delta: () => {
      const compression = constant([rHat, dIn], compressionMatrix(structure));
      return rows(product(scaled, compression), groupTable(outputGroups(structure)));
    },
    parameterGradients: (xND, gNO) => [gradientOfM(compressed(xND), gNO)],
    output: (xND) => {
      const inputs = compressed(xND);
      const shared = product(inputs, scaled, { transposeB: true });
      const y = runsOut ? columns(shared, groupTable(outputGroups(structure))) : repeated(shared, dOut);
      return withDerivative(y, [inputs, m], (gNO) => {
        const gradient = gradientOfM(inputs, gNO);
        return [product(after(folded(gNO), [gradient]), scaled), gradient];
      });
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
  eachInput(structure, (group, j) => (matrix[group * dIn + j] = (matrix[group * dIn + j] ?? 0) + 1));
  return matrix;
}

/** Visits each input with its group, and those that wrapping puts into a second one once more. */
function eachInput(structure: MoraStructure, visit: (group: number, j: number) => void): void {
  const { rHat, dIn } = structure;
  inputGroups(structure).forEach(visit);
  for (let j = 0; j < wrapPad(structure); j++) visit((dIn + j) % rHat, j);
}
