/** Added to a score that must not count: exp of it is 0 in float32, and unlike -Infinity it cannot become NaN. */
export const MASKED = -1e30;

/** Which scores a mask is for. */
export interface MaskRange {
  /** Queries from `start` to before `end`, keys before `end`. */
  readonly start: number;
  readonly end: number;
  /** How many tokens a query sees, itself included; all unless given. */
  readonly window?: number | undefined;
}

/**
 * What is added to attention scores, [rows, end − start, end] of rows of `rowLength` tokens: 0 where query t may see key s,
 * that is s ≤ t in the same example and, with a window, s > t − window; {@link MASKED} elsewhere. `segments` [rows,
 * rowLength] numbers the examples of a row. A position of padding (segment 0) sees itself alone, so that its softmax is
 * defined.
 */
export function attentionMask(
  segments: Int32Array,
  rowLength: number,
  { start, end, window = Infinity }: MaskRange,
): Float32Array {
  const rows = segments.length / rowLength;
  const mask = new Float32Array(rows * (end - start) * end).fill(MASKED);
  for (let b = 0; b < rows; b++) {
    let first = 0;
    for (let t = 0; t < end; t++) {
      const segment = segments[b * rowLength + t] as number;
      // An example is contiguous: what t may see is from its first token to t.
      if (t === 0 || segment === 0 || segment !== segments[b * rowLength + t - 1]) first = t;
      if (t < start) continue;
      const query = (b * (end - start) + t - start) * end;
      mask.fill(0, query + Math.max(first, t - window + 1), query + t + 1);
    }
  }
  return mask;
}
