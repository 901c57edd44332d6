/**
 * What stands between the logits of the next token and the draw, each as its processor in transformers does it. A token
 * that is left out gets −∞. All work in place.
 */

/**
 * Repetition penalty (Keskar et al. 2019, CTRL, with the sign rule of transformers): the logit of every token that has
 * occurred, prompt included, is divided by the penalty where it is positive and multiplied where it is negative.
 */
export function penaliseRepetition(logits: Float32Array, occurred: Iterable<number>, penalty: number): void {
  for (const token of new Set(occurred)) {
    const logit = logits[token];
    if (logit !== undefined) logits[token] = logit < 0 ? logit * penalty : logit / penalty;
  }
}

/** Logits divided by a temperature above 0. */
export function applyTemperature(logits: Float32Array, temperature: number): void {
  for (let token = 0; token < logits.length; token++) logits[token] = (logits[token] as number) / temperature;
}

/** Keeps the k likeliest tokens, and those as likely as the last of them. */
export function keepTopK(logits: Float32Array, k: number): void {
  if (k >= logits.length) return;
  const least = logits.slice().sort()[logits.length - k] as number;
  for (let token = 0; token < logits.length; token++) {
    if ((logits[token] as number) < least) logits[token] = -Infinity;
  }
}

/** Keeps the fewest likeliest tokens whose probabilities sum to at least p, at least one (Holtzman et al. 2020). */
export function keepTopP(logits: Float32Array, p: number): void {
  const probabilities = softmax(logits);
  const descending = Array.from(logits.keys())
    .filter((token) => logits[token] !== -Infinity)
    .sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
  let before = 0;
  descending.forEach((token, place) => {
    if (place > 0 && before >= p) logits[token] = -Infinity;
    before += probabilities[token] as number;
  });
}

/** e^{logit} / Σ e^{logit}; 0 for −∞. */
export function softmax(logits: Float32Array): Float64Array {
  const top = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
