import { product } from '../../graph/ops/contraction';
import { equal, multiply, subtract } from '../../graph/ops/elementwise';
import { reshape } from '../../graph/ops/layout';
import { rows } from '../../graph/ops/lookup';
import { argMax, logSumExp, sum } from '../../graph/ops/reduction';
import type { Program } from '../../graph/program';
import { input, lengthOf, type Value } from '../../graph/value';
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
import { softcapped } from './softcap';

/**
 * Head and loss over a chunk of supervised tokens, forward and backward in one program, so that logits live only here.
 * Inputs: hidden [C, D], targets int64 [C], weights [C, 1] (0 for padding of the chunk), norm [D], head [V, D].
 * Outputs:
 * - loss [1, 1] = Σ weight · (ln Σ e^logit − logit of the target);
 * - for training, hiddenGradient [C, D], and normGradient [D] and headGradient [V, D] where those are trained;
 * - for evaluation, hits [C, 1] = [target is the likeliest].
 */
export function headProgram(
  config: DecoderConfig,
  chunk: number,
  purpose: HeadPurpose,
  trained: TrainedHead = FROZEN_HEAD,
): Program {
  const { inputs, named } = programInputs();
  const { hidden, targets, weights, norm } = chunkInputs(config, chunk, named);
  const table = named('head', [config.vocabularySize, config.hiddenSize]);
  const { losses, hits } = tokenLosses(finalNorm(hidden, norm, config), targets, table, config);
  const loss = total(multiply(weights, losses));
  if (purpose === 'evaluation')
    return {
      inputs,
      outputs: new Map([
        ['loss', loss],
        ['hits', hits],
      ]),
    };
  return { inputs, outputs: trainingOutputs(loss, trained, { hidden, norm, head: table }) };
}

/** The target's logit is hidden · head[target], so its gradient needs no one-hot pass over the vocabulary. */
function tokenLosses(
  normed: Value,
  targets: Value,
  head: Value,
  config: DecoderConfig,
): { readonly losses: Value; readonly hits: Value } {
  const logits = softcapped(product(normed, head, { transposeB: true }), config);
  const targetLogits = softcapped(sum(multiply(normed, rows(head, targets)), [1]), config);
  return {
    losses: subtract(logSumExp(logits), targetLogits),
    hits: equal(argMax(logits), reshape(targets, [lengthOf(targets.shape, 0), 1])),
  };
}

/** Final norm and logits of single tokens, for generation: hidden [C, D] → logits [C, V]. */
export function logitsProgram(config: DecoderConfig, tokens: number): Program {
  const hidden = input('hidden', [tokens, config.hiddenSize]);
  const norm = input('norm', [config.hiddenSize]);
  const head = input('head', [config.vocabularySize, config.hiddenSize]);
  const logits = softcapped(product(finalNorm(hidden, norm, config), head, { transposeB: true }), config);
  return {
    inputs: new Map([
      ['hidden', hidden],
      ['norm', norm],
      ['head', head],
    ]),
    outputs: new Map([['logits', logits]]),
  };
}
