import type { Cell } from '../../src/host/protocol/rankView';
import type { Place } from './heatMap';

/** The chosen place where there is a cell, else that of the highest effective rank. */
export function placeIn(cells: readonly Cell[], chosen: Place | null): Place | null {
  if (cells.some(({ layer, module }) => layer === chosen?.layer && module === chosen.module)) return chosen;
  const highest = cells.reduce<Cell | undefined>(
    (best, cell) => (best === undefined || cell.effectiveRank > best.effectiveRank ? cell : best),
    undefined,
  );
  return highest === undefined ? null : { layer: highest.layer, module: highest.module };
}

/** The step of another source that goes with `step`: the nearest, or its last with our last. */
export function nearestStep(steps: readonly number[], step: number, isLast: boolean): number {
  const last = steps.at(-1) ?? 0;
  if (isLast) return last;
  return steps.reduce((best, at) => (Math.abs(at - step) < Math.abs(best - step) ? at : best), last);
}
