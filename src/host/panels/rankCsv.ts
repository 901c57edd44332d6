import { DEFAULT_SETTINGS, type Cell, type Settings } from '../protocol/rankView';
import { rankLabels } from './rankLabels';
import type { RankSource } from './rankSource';
import { csvText } from './runCsv';

const COLUMNS = [
  'layer',
  'module',
  'method',
  'dIn',
  'dOut',
  'rHat',
  'rank',
  'parameters',
  'rankBound',
  'loraBound',
  'effectiveRank',
  'stableRank',
  'countAbove',
  'energyRank',
  'energyShare',
  'frobenius',
  'relativeNorm',
  'intruders',
  'residual',
] as const satisfies readonly (keyof Cell)[];

/**
 * Every module at every step as CSV, in pieces of a line; the last column holds the spectrum, separated by spaces. With a
 * residual it is of the largest values alone, and so are the measures.
 */
export function* rankCsv(sources: readonly RankSource[], settings: Settings = DEFAULT_SETTINGS): Generator<string> {
  yield `source,step,${COLUMNS.join()},singularValues\n`;
  const labels = rankLabels(sources);
  for (const [index, source] of sources.entries()) {
    for (const step of source.sortedSteps()) {
      for (const cell of source.cells(step, settings)) {
        const values = COLUMNS.map((column) => csvText(String(cell[column] ?? '')));
        const spectrum = source.spectrum(step, cell.layer, cell.module)?.singularValues.join(' ') ?? '';
        yield `${csvText(labels[index] ?? source.name)},${step},${values.join()},${spectrum}\n`;
      }
    }
  }
}
