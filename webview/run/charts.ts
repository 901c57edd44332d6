import { html, nothing, type TemplateResult } from 'lit';
import { byteUnitOf, formatInUnit } from '../../src/language/bytes';
import type { Points, Readout, RunSnapshot } from '../../src/host/protocol/runPanel';
import type { CursorEvent, ZoomEvent } from '../shared/chart/curveChart';
import '../shared/chart/curveChart';
import type { Line } from '../shared/chart/lines';
import type { Span } from '../shared/chart/viewport';
import type { Theme } from '../shared/theme';
import { announcement } from './announcement';
import { AXIS_KINDS } from './axes';
import { lossDots, lossLines, runColor, stepMarks } from './lossChart';
import { MEASURES, SMALL } from './measures';
import { tooltip } from './tooltip';
import { spanOf, type ViewState } from './viewState';

/** What the charts show beside the snapshot. */
export interface ChartState {
  readonly view: ViewState;
  readonly theme: Theme;
  readonly cursor: number | null;
  readonly readouts: readonly Readout[];
  /** Range of the loss axis that a box chose. */
  readonly lossRange: Span | null;
  /** The crosshair in pixels of the large chart, for the tooltip; asked only for one, for it lays out the page. */
  readonly cursorPlace: (x: number) => { readonly left: number; readonly width: number };
}

export interface ChartActions {
  readonly moveCursor: (x: number | null) => void;
  readonly zoom: (to: ZoomEvent['detail'], isLoss: boolean) => void;
  readonly reset: () => void;
  /** A chart has room for another number of points. */
  readonly resize: () => void;
  /** The same lines for the same snapshot, so that a crosshair does not make the charts take their points anew. */
  readonly keep: (key: string, make: () => readonly Line[]) => readonly Line[];
}

/** The loss over the whole width and the other figures below it, all with one x-axis and one crosshair. */
export function charts(snapshot: RunSnapshot, state: ChartState, actions: ChartActions): TemplateResult {
  const { theme, view, cursor, readouts } = state;
  const span = spanOf(view, snapshot);
  const axis = AXIS_KINDS[view.axis];
  const on = {
    cursor: (event: CursorEvent) => actions.moveCursor(event.detail),
    zoom: (isLoss: boolean) => (event: ZoomEvent) => actions.zoom(event.detail, isLoss),
    reset: () => actions.reset(),
  };
  const marks = stepMarks(snapshot, theme);
  return html`
    <div class="main">
      <mora-curve-chart
        .label=${`${axis.lossBy} ${announcement(snapshot)}`}
        .theme=${theme}
        .lines=${actions.keep('loss', () => lossLines(snapshot, theme))}
        .verticals=${marks}
        .dots=${cursor === null ? [] : lossDots(snapshot, readouts, theme)}
        .cursor=${cursor}
        .span=${span}
        .limits=${snapshot.extent}
        .yRange=${state.lossRange}
        .isLogarithmic=${view.isLogarithmic}
        .isClock=${view.axis === 'seconds'}
        .formatX=${axis.tick}
        .formatY=${MEASURES.loss.tick}
        @chart-cursor=${on.cursor}
        @chart-zoom=${on.zoom(true)}
        @chart-reset=${on.reset}
        @chart-columns=${actions.resize}
      ></mora-curve-chart>
      ${cursor === null ? nothing : tooltip(snapshot, readouts, theme, state.cursorPlace(cursor))}
    </div>
    <div class="small-charts">
      ${SMALL.map((key) => {
        const { title, format, tick, isBytes = false } = MEASURES[key];
        const unit = isBytes ? byteUnitOf(greatest(snapshot.runs.map((run) => run[key].y))) : undefined;
        const size = unit?.size ?? 1;
        const figure = (cursor === null ? undefined : readouts[0]?.[key]) ?? snapshot.figures[key].last;
        return html`<figure>
          <figcaption>
            <span class="muted">${title}${unit === undefined ? nothing : `, ${unit.name}`}</span
            ><b>${unit === undefined ? format(figure) : formatInUnit(figure, unit)}</b>
          </figcaption>
          <mora-curve-chart
            .label=${axis.by(title, format(snapshot.figures[key].last))}
            .theme=${theme}
            .lines=${actions.keep(key, () =>
              snapshot.runs
                .map((run, index) => ({
                  label: run.name,
                  color: runColor(theme, index),
                  width: 1.25,
                  points: inUnit(run[key], size),
                }))
                .reverse(),
            )}
            .dots=${
              cursor === null
                ? []
                : readouts.map((readout, index) => ({ y: readout[key] / size, color: runColor(theme, index) }))
            }
            .cursor=${cursor}
            .span=${span}
            .limits=${snapshot.extent}
            .isSmall=${true}
            .startsAtZero=${key !== 'gradNorm'}
            .isClock=${view.axis === 'seconds'}
            .formatX=${axis.tick}
            .formatY=${tick}
            @chart-cursor=${on.cursor}
            @chart-zoom=${on.zoom(false)}
            @chart-reset=${on.reset}
            @chart-columns=${actions.resize}
          ></mora-curve-chart>
        </figure>`;
      })}
    </div>
  `;
}

/** The greatest of the values that are numbers; −∞ when there are none. */
function greatest(curves: readonly ArrayLike<number>[]): number {
  let most = -Infinity;
  for (const values of curves)
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? NaN;
      if (value > most) most = value;
    }
  return most;
}

function inUnit({ x, y }: Points, size: number): Points {
  return size === 1 ? { x, y } : { x, y: y.map((value) => value / size) };
}
