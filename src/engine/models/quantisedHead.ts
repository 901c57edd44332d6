import { withDerivative } from '../graph/ops/derived';
import { add, multiply, scale, shift, subtract } from '../graph/ops/elementwise';
import { reshape } from '../graph/ops/layout';
import { pick, rows } from '../graph/ops/lookup';
import { quantisedProduct, toFloat } from '../graph/ops/quantisation';
import { logSumExp, softmax, sum } from '../graph/ops/reduction';
import { lengthOf, type ElementType, type Shape, type Value } from '../graph/value';
import type { QuantisedWeight } from '../adapters/frozenWeight';
import type { DecoderConfig } from './decoderConfig';
import { quantisedInput } from './frozenInputs';
import { softcapped } from './softcap';

/**
 * The head's matrix W [V, D] in bytes. That of the backward direction is W − 1 wᵀ, with w the mean of the rows.
 *
 * The gradient of a logit is p − [is the target], and these add up to 0, so w drops out of (p − target) W. But it does
 * not drop out of a product with bytes: most of a vocabulary's probabilities are below half a step of the largest and
 * round to nothing, and what they hold together would be missing from Σ p W. Centred, what is missing is a mean of many
 * rows, which is near 0.
 */
export interface QuantisedHead extends QuantisedWeight {
  /** w [D]; needed where the logits are bounded, and the gradients do not add up to 0. */
  readonly mean: Value;
}

export const HEAD_INPUT = 'head';
export const HEAD_MEAN = 'head.mean';

export function quantisedHeadInput(
  { vocabularySize, hiddenSize }: DecoderConfig,
  named: (name: string, shape: Shape, type?: ElementType) => Value,
): QuantisedHead {
  return {
    ...quantisedInput(HEAD_INPUT, hiddenSize, vocabularySize, named),
    mean: named(HEAD_MEAN, [hiddenSize]),
  };
}

/**
 * Logits [C, V] of normed hidden states [C, D], and ln Σ e^logit − logit of the target [C, 1]; targets int64 [C].
 * With logits z = cap(a), a = x Wᵀ, and s = cap'(a): dx = Σ_v p_v s_v W_v − s_t W_t.
 */
export function quantisedLosses(
  normed: Value,
  targets: Value,
  head: QuantisedHead,
  config: DecoderConfig,
): { readonly logits: Value; readonly losses: Value } {
  const logits = softcapped(quantisedProduct(normed, head.forward.entries, head.forward.scales), config);
  const chosen = reshape(targets, [lengthOf(targets.shape, 0), 1]);
  const targetLogits = pick(logits, chosen);
  const losses = withDerivative(subtract(logSumExp(logits), targetLogits), [normed], (gradient) => {
    const { entries, scales } = head.backward;
    const targetRows = multiply(toFloat(rows(entries, targets)), scales);
    const pull = (weights: Value): Value => quantisedProduct(weights, entries, scales, { positive: true });
    const cap = config.logitSoftcap;
    if (cap === undefined) return [multiply(gradient, subtract(pull(softmax(logits)), targetRows))];
    /** cap' = 1 − (z / c)² */
    const slope = (z: Value): Value => shift(scale(multiply(z, z), -1 / (cap * cap)), 1);
    const weighted = multiply(softmax(logits), slope(logits));
    const targetSlope = slope(targetLogits);
    const left = multiply(subtract(sum(weighted, [1]), targetSlope), head.mean);
    return [multiply(gradient, add(subtract(pull(weighted), multiply(targetSlope, targetRows)), left))];
  });
  return { logits, losses };
}
