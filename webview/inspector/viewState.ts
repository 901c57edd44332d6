import { SORTS, type Sort } from './rows';

export const NUMBER_FORMATS = ['short', 'exact', 'scientific'] as const;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

/** What the inspector remembers of itself while it is hidden, and over a reload. */
export interface ViewState {
  /** Open groups; null until the first listing has chosen. */
  readonly open: readonly string[] | null;
  readonly selected: string;
  readonly query: string;
  readonly sort: Sort;
  readonly format: NumberFormat;
  /** The histogram is over powers of two of |x| instead of equal intervals of x. */
  readonly showsMagnitudes: boolean;
  /** Its counts on a logarithmic scale. */
  readonly isLogarithmic: boolean;
  readonly showsTable: boolean;
}

export const FIRST_VIEW: ViewState = {
  open: null,
  selected: 'root',
  query: '',
  sort: 'name',
  format: 'short',
  showsMagnitudes: false,
  isLogarithmic: false,
  showsTable: false,
};

/** A state need not remember more than anybody opens by hand. */
const MAX_OPEN = 5000;

/** The view that a state saved before describes; what it lacks or garbles is as at first. */
export function restoredView(saved: unknown): ViewState {
  if (typeof saved !== 'object' || saved === null || !('view' in saved)) return FIRST_VIEW;
  const view = (saved.view ?? {}) as Partial<Record<keyof ViewState, unknown>>;
  const { open } = view;
  return {
    open: Array.isArray(open) ? open.filter((id) => typeof id === 'string').slice(0, MAX_OPEN) : null,
    selected: typeof view.selected === 'string' ? view.selected : 'root',
    query: typeof view.query === 'string' ? view.query : '',
    sort: SORTS.find((sort) => sort === view.sort) ?? FIRST_VIEW.sort,
    format: NUMBER_FORMATS.find((format) => format === view.format) ?? FIRST_VIEW.format,
    showsMagnitudes: view.showsMagnitudes === true,
    isLogarithmic: view.isLogarithmic === true,
    showsTable: view.showsTable === true,
  };
}
