import type { Axis } from '../../src/host/protocol/runPanel';
import { formatClock, formatCompact, formatCount, formatDuration, formatEpoch } from '../shared/format';

export interface AxisKind {
  readonly title: string;
  /** On the axis itself. */
  readonly tick: (value: number) => string;
  /** In a sentence: "step 812". */
  readonly place: (value: number) => string;
}

export const AXIS_KINDS: Readonly<Record<Axis, AxisKind>> = {
  step: { title: 'Step', tick: formatCompact, place: (value) => `step ${formatCount(value)}` },
  tokens: { title: 'Tokens', tick: formatCompact, place: (value) => `${formatCompact(value)} tokens` },
  epoch: {
    title: 'Epoch',
    tick: (value) => String(Number(value.toFixed(3))),
    place: (value) => `epoch ${formatEpoch(value)}`,
  },
  seconds: { title: 'Time', tick: formatClock, place: formatDuration },
};

export const AXIS_NAMES = Object.keys(AXIS_KINDS) as Axis[];
