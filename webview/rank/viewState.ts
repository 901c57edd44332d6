import type { Measure } from '../../src/host/protocol/rankView';
import type { Place } from './heatMap';
import { MEASURE_NAMES } from './measures';

/** What the view remembers of itself over a reload. */
export interface ViewState {
  readonly measure: Measure;
  /** Null follows the newest checkpoint. */
  readonly step: number | null;
  readonly selected: Place | null;
  readonly isLogarithmic: boolean;
  readonly isCumulative: boolean;
  readonly showsTable: boolean;
  /** Path of the source laid over this one. */
  readonly other: string | null;
}

export const FIRST_VIEW: ViewState = {
  measure: 'effectiveRank',
  step: null,
  selected: null,
  isLogarithmic: false,
  isCumulative: false,
  showsTable: false,
  other: null,
};

/** The view that a state saved before describes; what it lacks or garbles is as at first. */
export function restoredView(saved: unknown): ViewState {
  if (typeof saved !== 'object' || saved === null || !('view' in saved)) return FIRST_VIEW;
  const view = (saved.view ?? {}) as Partial<Record<keyof ViewState, unknown>>;
  return {
    measure: MEASURE_NAMES.find((name) => name === view.measure) ?? FIRST_VIEW.measure,
    step: typeof view.step === 'number' ? view.step : null,
    selected: restoredPlace(view.selected),
    isLogarithmic: view.isLogarithmic === true,
    isCumulative: view.isCumulative === true,
    showsTable: view.showsTable === true,
    other: typeof view.other === 'string' ? view.other : null,
  };
}

function restoredPlace(place: unknown): Place | null {
  if (typeof place !== 'object' || place === null) return null;
  const { layer, module } = place as Record<string, unknown>;
  return typeof layer === 'number' && typeof module === 'string' ? { layer, module } : null;
}
