import type { ListedTensor } from '../../src/engine/rpc/contents';

export const WINDOW_ROWS = 16;

/** Columns of a window this wide, in CSS pixels: a value of four digits takes some 84, the row's number some 56. */
export function columnsIn(width: number): number {
  return Math.min(16, Math.max(4, Math.floor((width - 56) / 84)));
}

/**
 * A tensor as a matrix to look at: its last two axes, for one choice of those before; a vector in lines as long as the
 * window is wide.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Elements of all matrices before the one at each index of the leading axes. */
  readonly leading: readonly { readonly size: number; readonly stride: number }[];
  /** Values in a line that were no row of their own. */
  readonly isWrapped: boolean;
}

export function matrixOf({ shape, parameters }: Pick<ListedTensor, 'shape' | 'parameters'>, width: number): Matrix {
  if (shape.length < 2) {
    const columns = Math.min(width, Math.max(1, parameters));
    return { rows: Math.ceil(parameters / columns), columns, leading: [], isWrapped: true };
  }
  const [rows = 0, columns = 0] = shape.slice(-2);
  let stride = rows * columns;
  const leading = shape
    .slice(0, -2)
    .reverse()
    .map((size) => {
      const axis = { size, stride };
      stride *= size;
      return axis;
    })
    .reverse();
  return { rows, columns, leading, isWrapped: false };
}

/** Which part of which matrix is on screen. */
export interface Place {
  /** Index of each leading axis. */
  readonly leading: readonly number[];
  readonly row: number;
  readonly column: number;
}

export const START: Place = { leading: [], row: 0, column: 0 };

/** The place kept inside the matrix, the last window full where that is possible. */
export function clamped(place: Place, matrix: Matrix, width: number): Place {
  const within = (value: number, size: number, shown: number): number =>
    Math.max(0, Math.min(Number.isFinite(value) ? Math.floor(value) : 0, Math.max(0, size - shown)));
  return {
    leading: matrix.leading.map(({ size }, axis) => within(place.leading[axis] ?? 0, size, 1)),
    row: within(place.row, matrix.rows, WINDOW_ROWS),
    column: within(place.column, matrix.columns, width),
  };
}

/** The window that holds the element with this row-major index. */
export function placeOf(index: number, matrix: Matrix, width: number): Place {
  let rest = index;
  const leading = matrix.leading.map(({ stride }) => {
    const at = stride === 0 ? 0 : Math.floor(rest / stride);
    rest -= at * stride;
    return at;
  });
  const row = matrix.columns === 0 ? 0 : Math.floor(rest / matrix.columns);
  return clamped({ leading, row: row - 4, column: (rest % Math.max(1, matrix.columns)) - 2 }, matrix, width);
}

/** What to ask the extension for. */
export function windowAt(
  place: Place,
  matrix: Matrix,
  width: number,
): { offset: number; stride: number; rows: number; columns: number } {
  const before = matrix.leading.reduce((sum, { stride }, axis) => sum + stride * (place.leading[axis] ?? 0), 0);
  return {
    offset: before + place.row * matrix.columns + place.column,
    stride: matrix.columns,
    rows: Math.min(WINDOW_ROWS, matrix.rows - place.row),
    columns: Math.min(width, matrix.columns - place.column),
  };
}
