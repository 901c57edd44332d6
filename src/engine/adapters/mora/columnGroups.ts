import { add } from '../../graph/ops/elementwise';
import { concatenate, pad, reshape, slice } from '../../graph/ops/layout';
import { sum } from '../../graph/ops/reduction';
import { constant, lengthOf, type Value } from '../../graph/value';

/** xND followed by its own first columns: the official code pads with the input, not with zeros. */
export function wrap(xND: Value, columns: number): Value {
  return columns === 0 ? xND : concatenate([xND, slice(xND, 1, 0, columns)], 1);
}

/**
 * The transpose of {@link wrap} on the first `width` columns of a gradient, that of the repeated columns apart: it is added
 * to the first ones.
 */
export function addWrapped(gradient: Value, repeatedColumns: Value | undefined, width: number): Value {
  if (repeatedColumns === undefined) return slice(gradient, 1, 0, width);
  const extra = lengthOf(repeatedColumns.shape, 1);
  const first = add(slice(gradient, 1, 0, extra), repeatedColumns);
  return extra === width ? first : concatenate([first, slice(gradient, 1, extra, width)], 1);
}

/**
 * Sums columns equal mod `period`, of any width: [N, width] → [N, period]. Few periods are added slice by slice, so that the
 * last need not be padded to a whole one; many are one axis that is reduced (docs/results/performance.md).
 */
export function sumPeriods(x: Value, period: number): Value {
  const [tokens, width] = [lengthOf(x.shape, 0), lengthOf(x.shape, 1)];
  const periods = Math.ceil(width / period);
  const last = width - (periods - 1) * period;
  if (periods === 1 || periods > MOST_SLICES) {
    const whole = pad(x, 1, 0, period - last);
    return sum(reshape(whole, [tokens, periods, period]), [1], { dropped: true });
  }
  /** The columns from `start` to `end` of each period that has them. */
  const sumOf = (start: number, end: number): Value =>
    Array.from({ length: start < last ? periods : periods - 1 }, (_, index) =>
      slice(x, 1, index * period + start, index * period + end),
    ).reduce(add);
  return last === period ? sumOf(0, period) : concatenate([sumOf(0, last), sumOf(last, period)], 1);
}

/** In 1,024 rows as fast as reducing an axis at the latest. */
const MOST_SLICES = 3;

/** Sums contiguous runs of columns, the first width mod r̂ of them one longer: [N, width] → [N, r̂]. */
export function sumRuns(xND: Value, rHat: number): Value {
  const [tokens, width] = [lengthOf(xND.shape, 0), lengthOf(xND.shape, 1)];
  const short = Math.floor(width / rHat);
  const longRuns = width % rHat;
  const boundary = longRuns * (short + 1);
  const sumOf = (part: Value, runs: number, length: number): Value =>
    sum(reshape(part, [tokens, runs, length]), [2], { dropped: true });
  const parts: Value[] = [];
  if (longRuns > 0) parts.push(sumOf(slice(xND, 1, 0, boundary), longRuns, short + 1));
  // With more groups than columns the later groups are empty.
  if (short === 0) return pad(concatenate(parts, 1), 1, 0, rHat - longRuns);
  parts.push(sumOf(slice(xND, 1, boundary, width), rHat - longRuns, short));
  return concatenate(parts, 1);
}

/**
 * The columns of x over and over until there are `width`: [N, r̂] → [N, width]. The last `extra` columns are added to the
 * first ones of the result, as the transpose of {@link wrap}.
 */
export function repeated(x: Value, width: number, extra = 0): Value {
  const length = lengthOf(x.shape, 1);
  const parts = Array.from({ length: Math.ceil(width / length) }, (_, index) =>
    slice(x, 1, 0, Math.min(length, width - index * length)),
  );
  if (extra > 0) parts[0] = addWrapped(x, slice(x, 1, length - extra, length), Math.min(length, width));
  return concatenate(parts, 1);
}

/** The group of each column, as a table to look up. */
export function groupTable(groups: Int32Array): Value {
  return constant([groups.length], Array.from(groups), 'int64');
}
