import type { JsonObject, Measured, MeasureNews } from '../../src/host/protocol/form';
import { valueAt } from './values';

/** What the form knows of one measurement: the newest result, and what goes on. */
export interface KnownMeasurement<Result> {
  readonly running: { readonly activity: string; readonly share: number } | undefined;
  readonly error: string | undefined;
  readonly result: Result | undefined;
  /** The document that the result was measured on. */
  readonly of: JsonObject | undefined;
}

export const NOT_MEASURED: KnownMeasurement<never> = {
  running: undefined,
  error: undefined,
  result: undefined,
  of: undefined,
};

/** What is known after the news: a result stays while another is measured, and when that fails. */
export function heard<Result>(before: KnownMeasurement<Result>, news: MeasureNews<Result>): KnownMeasurement<Result> {
  switch (news.kind) {
    case 'running':
      return { ...before, running: { activity: news.activity, share: news.share }, error: undefined };
    case 'done':
      return { running: undefined, error: undefined, result: news.result, of: news.of };
    case 'failed':
      return { ...before, running: undefined, error: news.message };
    case 'cancelled':
      return { ...before, running: undefined };
  }
}

/**
 * Fields that a measurement depends on. Scores are of the frozen weights on a sample of the data: no adapter changes
 * them. A proposal is of a method, for as many parameters as it had; which cells are chosen meanwhile is no matter, since
 * it chooses anew.
 */
const DEPENDS_ON = {
  scores: ['model', 'data.train', 'data.validation', 'data.maxLength', 'data.longer', 'data.fields', 'data.template'],
  proposal: ['adapter.method', 'adapter.mode', 'adapter.initial'],
  steps: ['model', 'data', 'adapter', 'compute', 'training.batchSize', 'training.remora'],
} as const;

/** Whether the document has changed since in what the measurement depends on. */
export function isStale(
  { of }: KnownMeasurement<Measured[keyof Measured]>,
  values: JsonObject,
  what: keyof typeof DEPENDS_ON,
): boolean {
  if (of === undefined) return false;
  return DEPENDS_ON[what].some(
    (field) => JSON.stringify(sorted(valueAt(of, field))) !== JSON.stringify(sorted(valueAt(values, field))),
  );
}

/** Objects with their keys in order: a document may say the same in another. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
