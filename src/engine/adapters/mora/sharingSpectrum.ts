import type { Reals } from '../../../analysis/arithmetic';
import { blockMemory } from '../../../analysis/blockMemory';
import { singularValues } from '../../../analysis/singularValues';
import type { MoraGeometry } from '../structure';
import { groupSizes, inputGroups, outputGroups, wrapPad } from './grouping';

/**
 * Singular values of ΔW = D M C for types 1 to 4, from a matrix of at most r̂ × r̂.
 *
 * D and C only repeat and add, so DᵀD = diag(sizes of the output groups), and C Cᵀ = F Fᵀ for the sparse F of
 * {@link compressionFactor}. Then ΔW has the singular values of √(DᵀD) M F.
 */
export function sharingSingularValues(geometry: MoraGeometry, m: Reals): Float64Array {
  const { dIn, dOut, rHat } = geometry;
  // With r̂ above a side of the layer only the first groups of that side have members.
  const rows = Math.min(rHat, dOut);
  const cols = Math.min(rHat, dIn);
  const outputSizes = groupSizes(outputGroups(geometry), rHat);
  const { diagonal, below, distance } = compressionFactor(geometry);
  const core = blockMemory(m, rows * cols);
  for (let a = 0; a < rows; a++) {
    const weight = Math.sqrt(outputSizes[a] as number);
    for (let g = 0; g < cols; g++) {
      const shared = (m[a * rHat + g] as number) * (diagonal[g] as number);
      const off = below[g] as number;
      const wrapped = off === 0 ? 0 : (m[a * rHat + g + distance] as number) * off;
      core[a * cols + g] = weight * (shared + wrapped);
    }
  }
  return singularValues(core, rows, cols);
}

/** F [r̂, min(r̂, dIn)]: column g has `diagonal[g]` in row g and `below[g]` in row g + `distance`. */
interface CompressionFactor {
  readonly diagonal: Float64Array;
  readonly below: Float64Array;
  readonly distance: number;
}

/**
 * F with F Fᵀ = C Cᵀ. Without a wrap C Cᵀ is diagonal. The wrap adds input j < pad to group j + distance too, with
 * distance = dIn mod r̂, so C Cᵀ couples only groups that far apart and its Cholesky factor is two diagonals:
 * Lᵍᵍ² = (C Cᵀ)ᵍᵍ − L²₍g, g−distance₎ and L₍g+distance, g₎ = 1 / Lᵍᵍ. For r̂ > dIn, C has this shape itself.
 */
function compressionFactor(geometry: MoraGeometry): CompressionFactor {
  const { dIn, rHat } = geometry;
  const cols = Math.min(rHat, dIn);
  const pad = wrapPad(geometry);
  const distance = dIn % rHat;
  const sizes = groupSizes(inputGroups(geometry), rHat);
  const diagonal = new Float64Array(cols);
  const below = new Float64Array(cols);
  for (let g = 0; g < cols; g++) {
    const isWrapTarget = pad > 0 && g >= distance;
    const above = isWrapTarget ? (below[g - distance] as number) : 0;
    diagonal[g] = Math.sqrt((sizes[g] as number) + (isWrapTarget ? 1 : 0) - above * above);
    if (g < pad) below[g] = 1 / (diagonal[g] as number);
  }
  return { diagonal, below, distance };
}
