import type { Span } from './viewport';

/** One curve of a chart. */
export interface Line {
  readonly label: string;
  readonly color: string;
  readonly width: number;
  readonly dash?: readonly number[];
  /** Marks each point: for curves of few. */
  readonly dots?: boolean;
  /** Fills down to the axis, faintly. */
  readonly fill?: string;
  /** From left to right. */
  readonly points: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };
}

/** Whether a line has more points than its frame has pixel columns. */
export function isDense({ points }: Line, width: number): boolean {
  return points.x.length > width;
}

/** A vertical line with its name, such as a bound or a checkpoint. */
export interface Vertical {
  readonly x: number;
  readonly label?: string;
  readonly color: string;
  /**
   * Something small instead of a dashed line over the whole height: a triangle or a diamond on the axis, or a hairline
   * with its name at the lower edge.
   */
  readonly mark?: 'triangle' | 'diamond' | 'hairline';
}

export interface Dot {
  readonly y: number;
  readonly color: string;
}

export interface Extent {
  readonly least: number;
  readonly greatest: number;
}

/**
 * The least and the greatest value of lines within a span of the x-axis; undefined when there is none. A logarithmic axis
 * has no place for zero and below.
 */
export function extentOf(lines: readonly Line[], { from, to }: Span, isLogarithmic: boolean): Extent | undefined {
  let [least, greatest] = [Infinity, -Infinity];
  for (const { points } of lines) {
    const { x, y } = points;
    for (let index = 0; index < x.length; index++) {
      const place = x[index] as number;
      const value = y[index] ?? NaN;
      if (place < from || place > to || !Number.isFinite(value) || (isLogarithmic && value <= 0)) continue;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
  return least > greatest ? undefined : { least, greatest };
}
