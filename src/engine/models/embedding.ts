/** Rows of the embedding [V, D] for each token, times `factor`: out [N, D]. */
export function embed(
  tokens: Int32Array,
  embedding: Float32Array,
  width: number,
  factor: number,
  out: Float32Array,
): void {
  tokens.forEach((token, index) => {
    out.set(embedding.subarray(token * width, (token + 1) * width), index * width);
  });
  if (factor !== 1) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * factor;
}
