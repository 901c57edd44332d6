import type { BaseFormat } from '../adapters/frozenWeight';
import { equal, multiply, shift, subtract } from '../graph/ops/elementwise';
import { gradient } from '../graph/gradient';
import { product } from '../graph/ops/contraction';
import { rows } from '../graph/ops/lookup';
import { argMax, logSumExp, sum } from '../graph/ops/reduction';
import { reshape } from '../graph/ops/layout';
import { rmsNorm } from '../graph/ops/normalisation';
import type { Program } from '../graph/program';
import { constant, input, lengthOf, type ElementType, type Shape, type Value } from '../graph/value';
import type { DecoderConfig } from './decoderConfig';
import { quantisedHeadInput, quantisedLosses, type TokenLosses } from './quantisedHead';
import { softcapped } from './softcap';

/** Which of the head's own tensors are trained. */
export interface TrainedHead {
  /** The final norm. */
  readonly norm: boolean;
  /** The head's matrix, which is the embedding's where tied. */
  readonly head: boolean;
}

export const FROZEN_HEAD: TrainedHead = { norm: false, head: false };

/**
 * Head and loss over a chunk of supervised tokens, forward and backward in one program, so that logits live only here.
 * Inputs: hidden [C, D], targets int64 [C], weights [C, 1] (0 for padding of the chunk), norm [D], head [V, D] or the
 * tensors of a quantised head.
 * Outputs:
 * - loss [1, 1] = Σ weight · (ln Σ e^logit − logit of the target);
 * - for training, hiddenGradient [C, D], and normGradient [D] and headGradient [V, D] where those are trained;
 * - for evaluation, hits [C, 1] = [target is the likeliest].
 */
export function headProgram(
  config: DecoderConfig,
  chunk: number,
  purpose: 'training' | 'evaluation',
  { trained = FROZEN_HEAD, base = 'float32' }: HeadOptions = {},
): Program {
  const inputs = new Map<string, Value>();
  const named = (name: string, shape: Shape, type?: ElementType): Value => {
    const value = input(name, shape, type);
    inputs.set(name, value);
    return value;
  };
  const hidden = named('hidden', [chunk, config.hiddenSize]);
  const targets = named('targets', [chunk], 'int64');
  const weights = named('weights', [chunk, 1]);
  const norm = named('norm', [config.hiddenSize]);
  const normed = finalNorm(hidden, norm, config);

  const table = base === 'float32' ? named('head', [config.vocabularySize, config.hiddenSize]) : undefined;
  const { losses, hits } =
    table === undefined
      ? quantisedLosses(normed, targets, quantisedHeadInput(config, named), config)
      : tokenLosses(normed, targets, table, config);
  const loss = total(multiply(weights, losses));
  const outputs = new Map<string, Value>([['loss', loss]]);
  if (purpose === 'training') {
    const wanted = new Map([
      ['hiddenGradient', hidden],
      ...(trained.norm ? [['normGradient', norm] as const] : []),
      ...(trained.head && table !== undefined ? [['headGradient', table] as const] : []),
    ]);
    const found = gradient(loss, constant([1, 1], [1]), [...wanted.values()]);
    [...wanted.keys()].forEach((name, index) => {
      const value = found[index];
      if (value) outputs.set(name, value);
    });
  } else {
    outputs.set('hits', hits);
  }
  return { inputs, outputs };
}

export interface HeadOptions {
  readonly trained?: TrainedHead;
  /** Format of the head's matrix; float32 unless given, and where it is trained. */
  readonly base?: BaseFormat;
}

/** The target's logit is hidden · head[target], so its gradient needs no one-hot pass over the vocabulary. */
function tokenLosses(normed: Value, targets: Value, head: Value, config: DecoderConfig): TokenLosses {
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

function finalNorm(hidden: Value, norm: Value, { epsilon, normOffset }: DecoderConfig): Value {
  return rmsNorm(hidden, shift(norm, normOffset), epsilon);
}

function total(x: Value): Value {
  return sum(x, [0, 1]);
}
