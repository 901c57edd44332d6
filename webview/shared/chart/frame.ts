import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type ChartOptions,
} from 'chart.js';
import type { Theme } from '../theme';
import type { Extent } from './lines';
import type { Parts } from './parts';
import { clockStep, logarithmicTicks } from './ticks';
import type { Span } from './viewport';

// Only what curves need; the rest of Chart.js stays out of the bundle.
Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

const TICK_FONT_SIZE = 11;
/** Charts above each other share their left edge. */
export const Y_AXIS_WIDTH = 48;

export interface Frame {
  readonly theme: Theme;
  readonly span: Span;
  readonly yRange: Span | null;
  readonly isLogarithmic: boolean;
  readonly isClock: boolean;
  readonly startsAtZero: boolean;
  /** Few ticks and no room to spare. */
  readonly isSmall: boolean;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
}

/** What the axes are drawn from. They reach as far as the values that are in sight, which begin at zero where they shall. */
export function frameParts(frame: Frame, extent: Extent | undefined): Parts {
  const { theme, span, yRange, isLogarithmic, isClock, startsAtZero, isSmall, formatX, formatY } = frame;
  const kind = [theme, isLogarithmic, isClock, startsAtZero, isSmall, formatX, formatY];
  return [...kind, span.from, span.to, yRange?.from, yRange?.to, extent?.least, extent?.greatest];
}

/** Axes and grid: hairlines across, nothing along, labels that do not shout. */
export function frameOptions(frame: Frame): ChartOptions<'line'> {
  const { theme, span, yRange, isLogarithmic, isSmall } = frame;
  const xTicks = isSmall ? 6 : 10;
  const font = { size: TICK_FONT_SIZE, family: theme.font };
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    events: [], // gestures.ts has them
    spanGaps: false,
    layout: { padding: { top: 6, right: 8 } },
    scales: {
      x: {
        type: 'linear',
        min: span.from,
        max: span.to,
        grid: { display: false },
        border: { color: theme.grid },
        ticks: {
          color: theme.muted,
          font,
          maxRotation: 0,
          autoSkipPadding: 24,
          includeBounds: false,
          maxTicksLimit: xTicks,
          ...(frame.isClock && { stepSize: clockStep(span.to - span.from, xTicks) }),
          callback: (value) => frame.formatX(Number(value)),
        },
      },
      y: {
        type: isLogarithmic ? 'logarithmic' : 'linear',
        ...(yRange !== null && { min: yRange.from, max: yRange.to }),
        beginAtZero: frame.startsAtZero && yRange === null && !isLogarithmic,
        grace: isLogarithmic || yRange !== null ? 0 : '4%',
        grid: { color: theme.grid, tickLength: 0 },
        border: { display: false },
        afterFit: (axis) => {
          axis.width = Y_AXIS_WIDTH;
        },
        afterBuildTicks: (axis) => {
          if (isLogarithmic)
            axis.ticks = logarithmicTicks(axis.min, axis.max, isSmall ? 4 : 9).map((value) => ({ value }));
        },
        ticks: {
          color: theme.muted,
          font,
          padding: 6,
          includeBounds: false,
          maxTicksLimit: isSmall ? 4 : 8,
          autoSkip: !isLogarithmic,
          callback: (value) => frame.formatY(Number(value)),
        },
      },
    },
  };
}
