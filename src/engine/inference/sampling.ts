import { applyTemperature, keepTopK, keepTopP, penaliseRepetition, softmax } from './logitFilters';

/** How the next token is chosen. */
export interface Sampling {
  /** 0 takes the likeliest token each time. */
  readonly temperature: number;
  /** Only the k likeliest tokens; undefined for all. */
  readonly topK?: number | undefined;
  /** Only the likeliest tokens that together have this probability; undefined or 1 for all. */
  readonly topP?: number | undefined;
  /** Above 1 makes tokens that have occurred less likely; undefined or 1 leaves them as they are. */
  readonly repetitionPenalty?: number | undefined;
}

/** Index of the largest logit; the first of equals. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let index = 1; index < logits.length; index++) {
    if ((logits[index] as number) > (logits[best] as number)) best = index;
  }
  return best;
}

/**
 * Changes logits to those that are drawn from, in the order of transformers: repetition penalty, temperature, top-k,
 * top-p. `occurred` are the tokens so far, prompt included. Without temperature only the penalty counts.
 */
export function filterLogits(logits: Float32Array, occurred: readonly number[], sampling: Sampling): void {
  const { temperature, topK, topP = 1, repetitionPenalty = 1 } = sampling;
  if (repetitionPenalty !== 1) penaliseRepetition(logits, occurred, repetitionPenalty);
  if (temperature === 0) return;
  applyTemperature(logits, temperature);
  if (topK !== undefined) keepTopK(logits, topK);
  if (topP < 1) keepTopP(logits, topP);
}

/** The next token by filtered logits. `random` yields numbers in [0, 1), one for each draw. */
export function chooseToken(logits: Float32Array, { temperature }: Sampling, random: () => number): number {
  return temperature === 0 ? likeliest(logits) : draw(softmax(logits), random());
}

/** The token at which the running sum of probabilities passes `at` in [0, 1). */
function draw(probabilities: Float64Array, at: number): number {
  let sum = 0;
  let last = 0;
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token] as number;
    if (probability === 0) continue;
    sum += probability;
    last = token;
    if (at < sum) return token;
  }
  // Rounding left the sum below `at`.
  return last;
}
