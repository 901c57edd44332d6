import type { Measure, Settings } from '../../src/host/protocol/rankView';
import { FIRST_SETTINGS } from './settings';
import type { Place } from './heatMap';
import { MEASURE_NAMES } from './measures';

/** What the view remembers of itself over a reload. */
export interface ViewState {
  readonly measure: Measure;
  readonly settings: Settings;
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
  settings: FIRST_SETTINGS,
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
    settings: restoredSettings(view.settings),
    step: typeof view.step === 'number' ? view.step : null,
    selected: restoredPlace(view.selected),
    isLogarithmic: view.isLogarithmic === true,
    isCumulative: view.isCumulative === true,
    showsTable: view.showsTable === true,
    other: typeof view.other === 'string' ? view.other : null,
  };
}

/** Each number that was saved; the extension refuses what is out of bounds, so anything odd is as at first. */
function restoredSettings(saved: unknown): Settings {
  if (typeof saved !== 'object' || saved === null) return FIRST_SETTINGS;
  const given = saved as Partial<Record<keyof Settings, unknown>>;
  const number = (key: keyof Settings, least: number, most: number): number => {
    const value = given[key];
    return typeof value === 'number' && value >= least && value <= most ? value : FIRST_SETTINGS[key];
  };
  return {
    threshold: number('threshold', 0, 1e6),
    energyShare: number('energyShare', 0.01, 1),
    top: Math.round(number('top', 1, 100)),
    epsilon: number('epsilon', 0.01, 1),
  };
}

function restoredPlace(place: unknown): Place | null {
  if (typeof place !== 'object' || place === null) return null;
  const { layer, module } = place as Record<string, unknown>;
  return typeof layer === 'number' && typeof module === 'string' ? { layer, module } : null;
}
