import { gradient } from '../../graph/gradient';
import { shift } from '../../graph/ops/elementwise';
import { rmsNorm } from '../../graph/ops/normalisation';
import { sum } from '../../graph/ops/reduction';
import { constant, type Value } from '../../graph/value';
import type { DecoderConfig } from '../decoderConfig';
import type { ProgramInputs } from '../programInputs';

/** Which of the head's own tensors are trained. */
export interface TrainedHead {
  /** The final norm. */
  readonly norm: boolean;
  /** The head's matrix, which is the embedding's where tied. */
  readonly head: boolean;
}

export const FROZEN_HEAD: TrainedHead = { norm: false, head: false };

/** Whether a loss is to be differentiated, or hits are to be counted. */
export type HeadPurpose = 'training' | 'evaluation';

/** What a program of the head takes of C tokens; see headProgram. */
interface ChunkInputs {
  readonly hidden: Value;
  readonly targets: Value;
  readonly weights: Value;
  readonly norm: Value;
}

export function chunkInputs({ hiddenSize }: DecoderConfig, chunk: number, named: ProgramInputs['named']): ChunkInputs {
  return {
    hidden: named('hidden', [chunk, hiddenSize]),
    targets: named('targets', [chunk], 'int64'),
    weights: named('weights', [chunk, 1]),
    norm: named('norm', [hiddenSize]),
  };
}

/** The loss, and its gradients for the hidden states and for what is trained. */
export function trainingOutputs(
  loss: Value,
  trained: TrainedHead,
  { hidden, norm, head }: { readonly hidden: Value; readonly norm: Value; readonly head?: Value },
): Map<string, Value> {
  const wanted = new Map([
    ['hiddenGradient', hidden],
    ...(trained.norm ? [['normGradient', norm] as const] : []),
    ...(trained.head && head !== undefined ? [['headGradient', head] as const] : []),
  ]);
  const found = gradient(loss, constant([1, 1], [1]), [...wanted.values()]);
  const outputs = new Map([['loss', loss]]);
  [...wanted.keys()].forEach((name, index) => {
    const value = found[index];
    if (value) outputs.set(name, value);
  });
  return outputs;
}

/** RMS norm before the head: hidden [N, D] → [N, D]. */
export function finalNorm(hidden: Value, norm: Value, { epsilon, normOffset }: DecoderConfig): Value {
  return rmsNorm(hidden, shift(norm, normOffset), epsilon);
}

/** The sum of all entries, [1, 1]. */
export function total(x: Value): Value {
  return sum(x, [0, 1]);
}
