import type { Cell } from '../protocol/rankView';
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
  'frobenius',
] as const satisfies readonly (keyof Cell)[];

/** Every module at every step as CSV, in pieces of a line; the last column holds the spectrum, separated by spaces. */
export function* rankCsv(sources: readonly RankSource[]): Generator<string> {
  yield `source,step,${COLUMNS.join()},singularValues\n`;
  for (const source of sources) {
    for (const step of source.sortedSteps()) {
      for (const cell of source.cells(step)) {
        const values = COLUMNS.map((column) => csvText(String(cell[column] ?? '')));
        const spectrum = source.spectrum(step, cell.layer, cell.module)?.singularValues.join(' ') ?? '';
        yield `${csvText(source.name)},${step},${values.join()},${spectrum}\n`;
      }
    }
  }
}
