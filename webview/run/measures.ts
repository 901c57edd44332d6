import * as l10n from '@vscode/l10n';
import { formatBytes } from '../../src/language/bytes';
import { formatCompact, formatCount, formatRate, formatValue } from '../shared/format';
import type { Readout, RunCurves, RunFigures } from '../../src/host/protocol/runPanel';
import { withDecimalMark } from '../../src/language/language';

export type MeasureKey = keyof RunFigures;

export interface RunMeasure {
  readonly key: MeasureKey;
  readonly title: string;
  readonly format: (value: number) => string;
  readonly tick: (value: number) => string;
  /** Counts of bytes: a chart of them has one unit for its title, its figure and its axis. */
  readonly isBytes?: boolean;
}

export const MEASURES: Readonly<Record<MeasureKey, RunMeasure>> = {
  loss: { key: 'loss', title: l10n.t('Training loss'), format: formatValue, tick },
  validation: { key: 'validation', title: l10n.t('Validation loss'), format: formatValue, tick },
  learningRate: { key: 'learningRate', title: l10n.t('Learning rate'), format: formatRate, tick: formatRateTick },
  gradNorm: { key: 'gradNorm', title: l10n.t('Gradient norm'), format: formatValue, tick },
  tokensPerSecond: {
    key: 'tokensPerSecond',
    title: l10n.t('Tokens per second'),
    format: formatCount,
    tick: formatCompact,
  },
  residentBytes: { key: 'residentBytes', title: l10n.t('Memory'), format: formatBytes, tick, isBytes: true },
};

/** The figures that have a small chart of their own. */
export const SMALL = [
  'learningRate',
  'gradNorm',
  'tokensPerSecond',
  'residentBytes',
] as const satisfies readonly (keyof RunCurves & keyof Readout & MeasureKey)[];

function tick(value: number): string {
  return Math.abs(value) >= 1e-3 || value === 0
    ? withDecimalMark(String(Number(value.toPrecision(3))))
    : formatRateTick(value);
}

function formatRateTick(value: number): string {
  if (value === 0) return '0';
  const written = value
    .toExponential()
    .replace('e+', 'e')
    .replace(/(\.\d)\d+/, '$1');
  return withDecimalMark(written);
}
