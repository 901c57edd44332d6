import * as l10n from '@vscode/l10n';
import type { Axis } from '../../src/host/protocol/runPanel';
import { withDecimalMark } from '../../src/language/language';
import { formatClock, formatCompact, formatCount, formatDuration, formatEpoch } from '../shared/format';

export interface AxisKind {
  readonly title: string;
  /** What the charts are, drawn over it. */
  readonly lossBy: string;
  readonly by: (figure: string, last: string) => string;
  /** On the axis itself. */
  readonly tick: (value: number) => string;
  /** In a sentence: "step 812". */
  readonly place: (value: number) => string;
}

export const AXIS_KINDS: Readonly<Record<Axis, AxisKind>> = {
  step: {
    title: l10n.t('Step'),
    lossBy: l10n.t('Training and validation loss by step.'),
    by: (figure, last) => l10n.t('{0} by step, last {1}', figure, last),
    tick: formatCompact,
    place: (value) => l10n.t('step {0}', formatCount(value)),
  },
  tokens: {
    title: l10n.t('Tokens'),
    lossBy: l10n.t('Training and validation loss by tokens.'),
    by: (figure, last) => l10n.t('{0} by tokens, last {1}', figure, last),
    tick: formatCompact,
    place: (value) => l10n.t('{0} tokens', formatCompact(value)),
  },
  epoch: {
    title: l10n.t('Epoch'),
    lossBy: l10n.t('Training and validation loss by epoch.'),
    by: (figure, last) => l10n.t('{0} by epoch, last {1}', figure, last),
    tick: (value) => withDecimalMark(String(Number(value.toFixed(3)))),
    place: (value) => l10n.t('epoch {0}', formatEpoch(value)),
  },
  seconds: {
    title: l10n.t('Time'),
    lossBy: l10n.t('Training and validation loss by time.'),
    by: (figure, last) => l10n.t('{0} by time, last {1}', figure, last),
    tick: formatClock,
    place: formatDuration,
  },
};

export const AXIS_NAMES = Object.keys(AXIS_KINDS) as Axis[];
