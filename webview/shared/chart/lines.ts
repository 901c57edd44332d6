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
  readonly points: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };
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

/** Points as Chart.js takes them unparsed. A logarithmic axis has no place for zero and below: a gap. */
export function chartPoints({ x, y }: Line['points'], isLogarithmic: boolean): { x: number; y: number }[] {
  return Array.from(x, (place, index) => {
    const value = y[index] ?? NaN;
    return { x: place, y: isLogarithmic && value <= 0 ? NaN : value };
  });
}
