import { cellKey, type GridShape, type Selection } from './selection';

/** A place in the grid with its heads: row −1 is the head of columns, column −1 that of rows. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** The cells a place stands for: one, a row, a column, or all. */
export function cellsOf({ row, column }: Place, { layers, modules }: GridShape): string[] {
  const rows = row < 0 ? Array.from({ length: layers }, (_, layer) => layer) : [row];
  const names = column < 0 ? modules : modules.slice(column, column + 1);
  return rows.flatMap((layer) => names.map((name) => cellKey(layer, name)));
}

/** The selection after places were painted on or off. */
export function painted(selection: Selection, places: readonly Place[], value: boolean, shape: GridShape): Selection {
  const result = new Set(selection);
  for (const key of places.flatMap((place) => cellsOf(place, shape))) {
    if (value) result.add(key);
    else result.delete(key);
  }
  return result;
}

/** The rectangle between two places. Heads only join with heads of their own line, not with the cells they head. */
export function between(a: Place, b: Place): Place[] {
  const [top, bottom] = ordered(a.row, b.row);
  const [left, right] = ordered(a.column, b.column);
  if (top < 0 !== bottom < 0 || left < 0 !== right < 0) return [b];
  const places: Place[] = [];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) places.push({ row, column });
  }
  return places;
}

/** Where a key leads, undefined when it leads nowhere in a grid. */
export function moved(
  { row, column }: Place,
  { key, ctrlKey, metaKey }: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
  { layers, modules }: GridShape,
): Place | undefined {
  const far = ctrlKey || metaKey;
  const last = { row: layers - 1, column: modules.length - 1 };
  switch (key) {
    case 'ArrowUp':
      return { row: far ? 0 : Math.max(-1, row - 1), column };
    case 'ArrowDown':
      return { row: far ? last.row : Math.min(last.row, row + 1), column };
    case 'ArrowLeft':
      return { row, column: far ? 0 : Math.max(-1, column - 1) };
    case 'ArrowRight':
      return { row, column: far ? last.column : Math.min(last.column, column + 1) };
    case 'Home':
      return { row: far ? 0 : row, column: 0 };
    case 'End':
      return { row: far ? last.row : row, column: last.column };
    case 'PageUp':
      return { row: 0, column };
    case 'PageDown':
      return { row: last.row, column };
    default:
      return undefined;
  }
}

function ordered(a: number, b: number): readonly [number, number] {
  return a <= b ? [a, b] : [b, a];
}
