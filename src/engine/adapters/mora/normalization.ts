import type { MoraGeometry } from '../structure';
import { groupSizes, outputGroups, inputGroups, wrapPad } from './grouping';
import { blockCount } from './rotation';

/**
 * Normalized MoRA trains N, with M = S_out N S_in, so that compression and decompression have unit scale:
 *
 * - Types 1 to 4: ΔW = D (DᵀD)^-½ · N · (C Cᵀ)^-½ C. D (DᵀD)^-½ has orthonormal columns and (C Cᵀ)^-½ C orthonormal
 *   rows, so σ(ΔW) = σ(N), whereas σ(ΔW) = (√(dIn dOut)/r̂) σ(M) where r̂ divides both sides. S_out = (DᵀD)^-½ is
 *   diagonal: 1/√size of each output group. S_in = (C Cᵀ)^-½ is diagonal too, except where the wrap pad lets an input
 *   enter two groups. Of groups and inputs that do not exist the pseudo-inverse makes 0.
 * - Type 6: block b of ΔW is W_b M R_b, where R_b is orthogonal and W_b repeats row p of the stacked blocks as often as
 *   it is an output. Square and divisible, σ(ΔW) is σ(M), once a block: nothing to do. Outputs that repeat t times
 *   multiply σ by √t, so M = N/√t. Repetitions differ from row to row by at most one, and one M serves every block, so
 *   t is their mean dOut / (n r̂), at least 1: then ‖ΔW‖²_F is n‖N‖²_F on average over N, every σ is within √2 of its
 *   σ(N), and the scale does not jump from shape to shape. Cropped outputs leave whole blocks as they are, and the
 *   wrapped columns, at most r̂ of dIn, cannot be undone by a factor on M; both keep t = 1.
 */
export interface Normalization {
  /** Diagonal of S_out [r̂]. */
  readonly outputs: Float64Array;
  /** S_in, symmetric [r̂, r̂]. */
  readonly inputs: GroupFactor;
}

/** A symmetric matrix [r̂, r̂] that couples group g with group h only if g ≡ h mod `distance`; diagonal if that is r̂. */
export interface GroupFactor {
  readonly rHat: number;
  readonly distance: number;
  readonly entry: (g: number, h: number) => number;
}

/** S_out and S_in. With power ½ instead of −½ their pseudo-inverses, which lead from M back to N. */
export function normalization(geometry: MoraGeometry, power: -0.5 | 0.5 = -0.5): Normalization {
  return { outputs: outputFactor(geometry, power), inputs: inputFactor(geometry, power) };
}

/** S_out · `m` · S_in in float64, of `m` [r̂, r̂]. */
export function scaled({ outputs, inputs }: Normalization, m: Float32Array | Float64Array): Float64Array {
  const { rHat, distance } = inputs;
  const result = new Float64Array(m.length);
  for (let a = 0; a < rHat; a++) {
    const row = a * rHat;
    const weight = outputs[a] as number;
    for (let g = 0; g < rHat; g++) {
      let sum = 0;
      for (let h = g % distance; h < rHat; h += distance) sum += (m[row + h] as number) * inputs.entry(h, g);
      result[row + g] = weight * sum;
    }
  }
  return result;
}

function outputFactor(geometry: MoraGeometry, power: number): Float64Array {
  const { dIn, dOut, rHat, type } = geometry;
  if (type === 6) {
    const repetitions = Math.max(1, dOut / (blockCount(dIn, rHat) * rHat));
    return new Float64Array(rHat).fill(repetitions ** power);
  }
  return Float64Array.from(groupSizes(outputGroups(geometry), rHat), (size) => (size === 0 ? 0 : size ** power));
}

function inputFactor(geometry: MoraGeometry, power: number): GroupFactor {
  const { rHat, type } = geometry;
  if (type !== 6 && wrapPad(geometry) > 0) return wrappedFactor(geometry, power);
  const sizes = type === 6 ? undefined : groupSizes(inputGroups(geometry), rHat);
  const diagonal = Float64Array.from({ length: rHat }, (_, g) => {
    const size = sizes?.[g] ?? 1;
    return size === 0 ? 0 : size ** power;
  });
  return { rHat, distance: rHat, entry: (g, h) => (g === h ? (diagonal[g] as number) : 0) };
}

/**
 * (C Cᵀ)^power with a wrap. Every group then has n = ⌈dIn/r̂⌉ members and shares exactly one with the group
 * distance = dIn mod r̂ further on. So C Cᵀ is n + path on each chain of L groups that far apart, and the path has the
 * eigenvalues 2 cos(kπ/(L+1)) with the eigenvectors √(2/(L+1)) sin(pkπ/(L+1)), places p from 1. The entry of places p
 * and q is therefore f(p − q) − f(p + q), f(m) = 1/(L+1) · Σₖ cos(mkπ/(L+1)) (n + 2 cos(kπ/(L+1)))^power.
 */
function wrappedFactor({ dIn, rHat }: MoraGeometry, power: number): GroupFactor {
  const distance = dIn % rHat;
  const members = Math.ceil(dIn / rHat);
  const short = Math.floor(rHat / distance);
  const kernels = new Map([short, short + 1].map((length) => [length, pathKernel(length, members, power)]));
  return {
    rHat,
    distance,
    entry: (g, h) => {
      const start = g % distance;
      if (h % distance !== start) return 0;
      const kernel = kernels.get(Math.ceil((rHat - start) / distance));
      const p = Math.floor(g / distance) + 1;
      const q = Math.floor(h / distance) + 1;
      return (kernel?.[Math.abs(p - q)] ?? 0) - (kernel?.[p + q] ?? 0);
    },
  };
}

/** Eigenvalues of C Cᵀ are whole-number sums of cosines: below this they are 0 (one member, two groups), not small. */
const ZERO_EIGENVALUE = 1e-9;

/** f(0) to f(2·length) of {@link wrappedFactor}. */
function pathKernel(length: number, members: number, power: number): Float64Array {
  const step = Math.PI / (length + 1);
  const weights = Float64Array.from({ length }, (_, k) => {
    const eigenvalue = members + 2 * Math.cos((k + 1) * step);
    return eigenvalue < ZERO_EIGENVALUE ? 0 : eigenvalue ** power / (length + 1);
  });
  return Float64Array.from({ length: 2 * length + 1 }, (_, m) =>
    weights.reduce((sum, weight, k) => sum + weight * Math.cos(m * (k + 1) * step), 0),
  );
}
