import type { StoredTable } from './storedTable';

/** Rows of the embedding [V, D] for each token, times `factor`: out [N, D]. */
export function embed(
  tokens: Int32Array,
  embedding: Float32Array | StoredTable,
  width: number,
  factor: number,
  out: Float32Array,
): void {
  if (embedding instanceof Float32Array) {
    tokens.forEach((token, n) => {
      out.set(embedding.subarray(token * width, (token + 1) * width), n * width);
    });
  } else embedding.rows(tokens, out);
  if (factor !== 1) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * factor;
}

/** The gradient of `embed`: adds `factor` times the rows [N, D] to those rows of `sum` [V, D] that the tokens name. */
export function addRows(
  sum: Float32Array,
  rows: Float32Array,
  tokens: Int32Array,
  width: number,
  factor: number,
): void {
  tokens.forEach((token, n) => {
    const [to, from] = [token * width, n * width];
    for (let d = 0; d < width; d++) sum[to + d] = (sum[to + d] as number) + factor * (rows[from + d] as number);
  });
}
