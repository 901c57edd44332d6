import { liveSpan } from '../../src/host/protocol/liveAxis';
import type { Axis, Range, RunSnapshot, ShownState } from '../../src/host/protocol/runPanel';
import type { Span } from '../shared/chart/viewport';
import { FIRST_SAMPLE_VIEW, restoredSampleView, type SampleView } from './samples/sampleView';

/** What the panel remembers of itself over a reload: where one looks and how. Never data. */
export interface ViewState {
  readonly axis: Axis;
  readonly range: Range;
  readonly smoothing: number;
  readonly isLogarithmic: boolean;
  readonly overlays: readonly string[];
  readonly showsTable: boolean;
  readonly samples: SampleView;
}

export const FIRST_VIEW: ViewState = {
  axis: 'step',
  range: { kind: 'all' },
  smoothing: 0.9,
  isLogarithmic: false,
  overlays: [],
  showsTable: false,
  samples: FIRST_SAMPLE_VIEW,
};

/** Near enough to the newest point to mean "follow it". */
const LIVE_EDGE = 0.005;

/** The view that a state saved before describes; what it lacks or garbles is as at first. */
export function restoredView(saved: unknown): ViewState {
  if (typeof saved !== 'object' || saved === null || !('view' in saved)) return FIRST_VIEW;
  const view = saved.view as Partial<Record<keyof ViewState, unknown>> | null;
  const { axis, smoothing, isLogarithmic, overlays, showsTable } = view ?? {};
  return {
    axis: axis === 'tokens' || axis === 'epoch' || axis === 'seconds' ? axis : 'step',
    range: restoredRange(view?.range),
    smoothing: typeof smoothing === 'number' && smoothing >= 0 && smoothing < 1 ? smoothing : FIRST_VIEW.smoothing,
    isLogarithmic: isLogarithmic === true,
    overlays: Array.isArray(overlays) ? overlays.filter((root) => typeof root === 'string') : [],
    showsTable: showsTable === true,
    samples: restoredSampleView(view?.samples),
  };
}

/** Whether the run may still grow, so that the view may follow it. */
export function isLive(state: ShownState): boolean {
  return state === 'starting' || state === 'running' || state === 'paused' || state === 'stopping';
}

/** The range that a zoom or pan to `span` asks for: one that reaches the newest point goes on following it. */
export function rangeOf(span: Span, extent: Span, isLive: boolean): Range {
  const width = extent.to - extent.from;
  const reachesEnd = span.to >= extent.to - LIVE_EDGE * (span.to - span.from);
  if (reachesEnd && span.from <= extent.from + LIVE_EDGE * width) return { kind: 'all' };
  if (reachesEnd && isLive) return { kind: 'trailing', width: span.to - span.from };
  return { kind: 'fixed', from: span.from, to: span.to };
}

/** What is on screen: the panel's own wish at once, else what the extension last answered. */
export function spanOf(view: ViewState, snapshot: RunSnapshot): Span {
  if (snapshot.axis !== view.axis) return snapshot.span;
  switch (view.range.kind) {
    case 'fixed':
      return view.range;
    case 'trailing':
      return liveSpan(snapshot.newest, view.range.width);
    case 'all':
      return snapshot.span;
  }
}

function restoredRange(range: unknown): Range {
  if (typeof range !== 'object' || range === null) return FIRST_VIEW.range;
  const { kind, width, from, to } = range as Record<string, unknown>;
  if (kind === 'trailing' && typeof width === 'number' && width > 0) return { kind, width };
  if (kind === 'fixed' && typeof from === 'number' && typeof to === 'number' && from < to) return { kind, from, to };
  return FIRST_VIEW.range;
}
