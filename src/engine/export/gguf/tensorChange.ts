/** How a tensor's values differ in a GGUF file from those in a model folder. */
export type TensorChange =
  | { readonly kind: 'none' }
  /** Rows of each head in the order that rotary embedding of neighbours wants. */
  | { readonly kind: 'interleave'; readonly heads: number }
  /** A norm whose weight is stored as its difference from 1, written whole. */
  | { readonly kind: 'offset'; readonly by: number };

/**
 * The values as the file has them; `rows` is the first size of their shape. Rotary embedding turns rows i and i + h/2 of
 * a head of h rows together in transformers, rows 2i and 2i + 1 in llama.cpp: so row i goes to 2i and row i + h/2 to
 * 2i + 1.
 */
export function changed(change: TensorChange, values: Float32Array, rows: number): Float32Array {
  switch (change.kind) {
    case 'none':
      return values;
    case 'offset':
      return values.map((value) => value + change.by);
    case 'interleave':
      return moveRows(values, rows, change.heads, 'interleave');
  }
}

/** The inverse of {@link changed}: exact, but for rounding where something was added. */
export function unchanged(change: TensorChange, values: Float32Array, rows: number): Float32Array {
  switch (change.kind) {
    case 'none':
      return values;
    case 'offset':
      return values.map((value) => value - change.by);
    case 'interleave':
      return moveRows(values, rows, change.heads, 'separate');
  }
}

function moveRows(values: Float32Array, rows: number, heads: number, how: 'interleave' | 'separate'): Float32Array {
  const width = values.length / rows;
  const headRows = rows / heads;
  const half = headRows / 2;
  const moved = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headRows;
    const paired = row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
    const [from, to] = how === 'interleave' ? [row, paired] : [paired, row];
    moved.set(values.subarray(from * width, (from + 1) * width), to * width);
  }
  return moved;
}
