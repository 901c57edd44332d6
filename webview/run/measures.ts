import type { Readout, RunCurves, RunFigures } from '../../src/host/protocol/runPanel';
import { formatBytes, formatCompact, formatCount, formatRate, formatValue } from '../shared/format';

export type MeasureKey = keyof RunFigures;

export interface RunMeasure {
  readonly key: MeasureKey;
  readonly title: string;
  readonly format: (value: number) => string;
  readonly tick: (value: number) => string;
  /** Of its axis: values are divided by it, so that ticks are round numbers of the unit. */
  readonly unit?: { readonly name: string; readonly size: number };
}

const GIBIBYTES = { name: 'GiB', size: 2 ** 30 };

export const MEASURES: Readonly<Record<MeasureKey, RunMeasure>> = {
  loss: { key: 'loss', title: 'Training loss', format: formatValue, tick },
  validation: { key: 'validation', title: 'Validation loss', format: formatValue, tick },
  learningRate: { key: 'learningRate', title: 'Learning rate', format: formatRate, tick: formatRateTick },
  gradNorm: { key: 'gradNorm', title: 'Gradient norm', format: formatValue, tick },
  tokensPerSecond: { key: 'tokensPerSecond', title: 'Tokens per second', format: formatCount, tick: formatCompact },
  residentBytes: { key: 'residentBytes', title: 'Memory', format: formatBytes, tick, unit: GIBIBYTES },
};

/** The figures that have a small chart of their own. */
export const SMALL = [
  'learningRate',
  'gradNorm',
  'tokensPerSecond',
  'residentBytes',
] as const satisfies readonly (keyof RunCurves & keyof Readout & MeasureKey)[];

function tick(value: number): string {
  return Math.abs(value) >= 1e-3 || value === 0 ? String(Number(value.toPrecision(3))) : formatRateTick(value);
}

function formatRateTick(value: number): string {
  return value === 0
    ? '0'
    : value
        .toExponential()
        .replace('e+', 'e')
        .replace(/(\.\d)\d+/, '$1');
}
