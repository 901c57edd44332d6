/** Index of the largest logit; the first of equals. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let index = 1; index < logits.length; index++) {
    if ((logits[index] as number) > (logits[best] as number)) best = index;
  }
  return best;
}

/**
 * A token drawn with probability ∝ e^{logit / temperature}; temperature 0 takes the likeliest.
 * `random` yields numbers in [0, 1).
 */
export function sample(logits: Float32Array, temperature: number, random: () => number): number {
  const best = likeliest(logits);
  if (temperature === 0) return best;
  const top = logits[best] as number;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let index = 0; index < weights.length; index++) {
    left -= weights[index] as number;
    if (left < 0) return index;
  }
  return best;
}
