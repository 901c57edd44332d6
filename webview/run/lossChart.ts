import * as l10n from '@vscode/l10n';
import type { Readout, RunSnapshot } from '../../src/host/protocol/runPanel';
import type { Dot, Line, Vertical } from '../shared/chart/lines';
import { translucent, type Theme } from '../shared/theme';

/** Dash pattern of validation: colour is the run, dash the split. */
const VALIDATION_DASH = [5, 4];

/** Colour of the run at this place of the overlay order. */
export function runColor(theme: Theme, index: number): string {
  return theme.series[index % theme.series.length] ?? theme.foreground;
}

/** Training and validation loss of all runs. With smoothing, what was measured stays behind the average, faint. */
export function lossLines({ runs }: RunSnapshot, theme: Theme): Line[] {
  return runs
    .map((run, index): Line[] => {
      const color = runColor(theme, index);
      const faint = translucent(color, theme.isHighContrast ? 0.5 : 0.28);
      const named = (what: string): string => (runs.length > 1 ? `${run.name} · ${what}` : what);
      const measured: Line = {
        label: named(l10n.t('training loss')),
        color: run.smoothed === undefined ? color : faint,
        width: run.smoothed === undefined ? 1.5 : 1,
        points: run.loss,
      };
      const smoothed: Line[] =
        run.smoothed === undefined ? [] : [{ label: named(l10n.t('smoothed')), color, width: 2, points: run.smoothed }];
      const validation: Line = {
        label: named(l10n.t('validation loss')),
        color: validationColor(theme, index),
        width: 1.75,
        dash: VALIDATION_DASH,
        dots: run.validation.x.length <= 60,
        points: run.validation,
      };
      return [measured, ...smoothed, validation];
    })
    .reverse() // the run itself on top
    .flat();
}

/** The run's colour moved towards the text, so that its dashes stand out from the line they often lie on. */
export function validationColor(theme: Theme, index: number): string {
  return `color-mix(in srgb, ${runColor(theme, index)} 55%, ${theme.foreground})`;
}

/** Ends of epochs behind everything, then merges and checkpoints on the axis. */
export function stepMarks({ checkpoints, merges, epochs }: RunSnapshot, theme: Theme): Vertical[] {
  return [
    ...epochs.map(({ x }): Vertical => ({ x, color: theme.muted, mark: 'hairline' })),
    ...merges.map(({ x }): Vertical => ({ x, color: mergeColor(theme), mark: 'diamond' })),
    ...checkpoints.map(({ x }): Vertical => ({ x, color: theme.muted, mark: 'triangle' })),
  ];
}

export function mergeColor(theme: Theme): string {
  return theme.series[1] ?? theme.foreground;
}

/** Where the crosshair meets the curves. */
export function lossDots(snapshot: RunSnapshot, readouts: readonly Readout[], theme: Theme): Dot[] {
  return snapshot.runs.flatMap((run, index) => {
    const values = readouts.find(({ root }) => root === run.root);
    if (values === undefined) return [];
    const y = Number.isNaN(values.smoothed) ? values.loss : values.smoothed;
    return [{ y, color: runColor(theme, index) }];
  });
}
