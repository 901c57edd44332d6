import type { ExportReport, ModuleApproximation } from '../rpc/export';
import type { Approximation } from './exportFormat';

export function moduleApproximation(approximation: Approximation): ModuleApproximation {
  return { name: approximation.name, rank: approximation.rank, ...relative(approximation) };
}

/** All modules as one block-diagonal ΔW; undefined without modules. */
export function overallApproximation(approximations: readonly Approximation[]): ExportReport['overall'] {
  if (approximations.length === 0) return undefined;
  const sum = (part: (approximation: Approximation) => number): number =>
    approximations.reduce((total, approximation) => total + part(approximation), 0);
  const known = approximations.every(({ squaredOptimum }) => squaredOptimum !== null);
  return relative({
    squaredError: sum(({ squaredError }) => squaredError),
    squaredOptimum: known ? sum(({ squaredOptimum }) => squaredOptimum ?? 0) : null,
    squaredNorm: sum(({ squaredNorm }) => squaredNorm),
  });
}

/** Shares of ‖ΔW‖; 0 where ΔW is 0. */
function relative({
  squaredError,
  squaredOptimum,
  squaredNorm,
}: Pick<Approximation, 'squaredError' | 'squaredOptimum' | 'squaredNorm'>): {
  error: number;
  optimum: number | null;
} {
  const share = (squared: number): number => (squaredNorm === 0 ? 0 : Math.sqrt(squared / squaredNorm));
  return { error: share(squaredError), optimum: squaredOptimum === null ? null : share(squaredOptimum) };
}
