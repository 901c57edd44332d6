import { countAbove } from '../../src/analysis/rankMeasures';

/** How many σ exceed `tolerance`·σ₁. */
export function numericalRank(singularValues: Float64Array, tolerance: number): number {
  return countAbove(singularValues, tolerance * (singularValues[0] ?? 0));
}
