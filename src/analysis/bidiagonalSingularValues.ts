import type { Bidiagonal } from './bidiagonal';
import { QdIteration } from './qdIteration';
import { qdSweep, qdSweeps, twoQdSweeps, type Sweep } from './qdSweep';

/**
 * Singular values of an upper bidiagonal matrix, descending and non-negative, each to high relative accuracy where its
 * fourth power does not vanish: the differential quotient-difference algorithm with shifts (Fernando & Parlett 1994; Parlett &
 * Marques 2000, "An implementation of the dqds algorithm (positive case)"), which LAPACK takes for values alone. Expects
 * entries whose squares do not overflow. Throws when the sweeps do not converge.
 */
export function bidiagonalSingularValues(matrix: Bidiagonal): Float64Array {
  return allBidiagonalSingularValues([matrix])[0] as Float64Array;
}

/** The same of several matrices, in order: two of them take as long as the longer one. */
export function allBidiagonalSingularValues(matrices: readonly Bidiagonal[]): Float64Array[] {
  const sweeps = qdSweeps(matrices.map(({ diagonal }) => diagonal.length));
  const all = matrices.map((matrix, index) => new QdIteration(matrix, sweeps[index] as Sweep));
  const waiting = all.toSorted((a, b) => a.values.length - b.values.length);
  const next = (): QdIteration | undefined => {
    let iteration = waiting.pop();
    while (iteration?.advance() === false) iteration = waiting.pop();
    return iteration;
  };
  let [one, other] = [next(), next()];
  while (one !== undefined && other !== undefined) {
    twoQdSweeps(one.sweep, other.sweep);
    if (!one.advance()) one = next();
    if (!other.advance()) other = next();
  }
  const last = one ?? other;
  if (last !== undefined) {
    do qdSweep(last.sweep);
    while (last.advance());
  }
  return all.map(({ values }) => values.sort().reverse());
}
