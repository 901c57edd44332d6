import { withDerivative } from '../../graph/ops/derived';
import { add, multiply, subtract } from '../../graph/ops/elementwise';
import { toFloat } from '../../graph/ops/quantisation';
import type { Program } from '../../graph/program';
import type { Value } from '../../graph/value';
import type { DecoderConfig } from '../decoderConfig';
import {
  chunkInputs,
  finalNorm,
  FROZEN_HEAD,
  total,
  trainingOutputs,
  type HeadPurpose,
  type TrainedHead,
} from './headParts';
import { programInputs } from '../programInputs';
import { seenInput, type SeenName } from './seenTokens';
import { softcapSlope } from './softcap';

/**
 * What headProgram gives, for a head in bytes whose tiles have gone by (headTile.ts). Inputs: hidden, targets, weights and
 * norm as there; what was seen of the whole vocabulary; for training targetRows int8 [C, D], the rows of W − 1 wᵀ that the
 * targets name, with rowScales [D], and mean [D] where the logits are bounded. With logits z = cap(a), a = x Wᵀ, and
 * s = cap'(a): dx = Σ_v p_v s_v W_v − s_t W_t.
 */
export function tiledLossProgram(
  config: DecoderConfig,
  chunk: number,
  purpose: HeadPurpose,
  trained: TrainedHead = FROZEN_HEAD,
): Program {
  const { hiddenSize, logitSoftcap: cap } = config;
  const { inputs, named } = programInputs();
  const { hidden, weights, norm } = chunkInputs(config, chunk, named);
  const seen = (name: SeenName, width = 1): Value => named(seenInput(name), [chunk, width]);
  const targetLogit = seen('targetLogit');
  const losses = subtract(seen('normaliser'), targetLogit);
  if (purpose === 'evaluation') {
    return {
      inputs,
      outputs: new Map([
        ['loss', total(multiply(weights, losses))],
        ['hits', seen('hit')],
      ]),
    };
  }

  const entries = named('targetRows', [chunk, hiddenSize], 'int8');
  const rowScales = named('rowScales', [hiddenSize]);
  const pull = seen('pull', hiddenSize);
  const targetRows = multiply(toFloat(entries), rowScales);
  const inputGradient = (): Value => {
    if (cap === undefined) return subtract(pull, targetRows);
    const targetSlope = softcapSlope(targetLogit, cap);
    const left = multiply(subtract(seen('weight'), targetSlope), named('mean', [hiddenSize]));
    return add(subtract(pull, multiply(targetSlope, targetRows)), left);
  };
  const normed = finalNorm(hidden, norm, config);
  const derived = withDerivative(losses, [normed], (gradient) => [multiply(gradient, inputGradient())]);
  const loss = total(multiply(weights, derived));
  return { inputs, outputs: trainingOutputs(loss, trained, { hidden, norm }) };
}
