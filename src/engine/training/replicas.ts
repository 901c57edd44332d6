import { AdapterSet, type TrainableTensor } from '../adapters/adapterSet';
import type { DecoderPass } from '../models/decoderPass';
import type { LossHead } from './head/lossHead';

/** What computes with one micro-batch at a time. Those of a run hold the same model and the same trained values. */
export interface Replica {
  /** The trained values, with gradients of its own. */
  readonly adapters: AdapterSet;
  readonly pass: DecoderPass;
  readonly head: LossHead;
}

/**
 * Lets replicas work side by side, and waits until all have ended, also where one fails: nothing that they hold may be
 * changed or freed before. Others learn of it by `goesOn`. Throws what the first of them threw.
 */
export async function sideBySide<Result>(
  replicas: readonly Replica[],
  work: (replica: Replica, index: number, goesOn: () => boolean) => Promise<Result>,
): Promise<Result[]> {
  let fails = false;
  const ended = await Promise.allSettled(
    replicas.map(async (replica, index) => {
      try {
        return await work(replica, index, () => !fails);
      } catch (error) {
        fails = true;
        throw error;
      }
    }),
  );
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** The same trained values with gradients of their own. */
export function withOwnGradients({ modules, tensors }: AdapterSet): AdapterSet {
  return new AdapterSet(
    modules.map((module) => ({ ...module, parameters: module.parameters.map(withOwnGradient) })),
    tensors.map(withOwnGradient),
  );
}

/** Adds the gradients of other replicas to those of the first, in their order. */
export function sumGradients([first, ...others]: readonly Replica[]): void {
  const sums = first?.adapters.parameters ?? [];
  for (const { adapters } of others) {
    for (const [index, { gradient }] of adapters.parameters.entries()) {
      const sum = sums[index]?.gradient ?? [];
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (gradient[i] as number);
    }
  }
}

export async function disposeReplicas(replicas: readonly Replica[]): Promise<void> {
  for (const { pass, head } of replicas) {
    await pass.dispose();
    await head.dispose();
  }
}

function withOwnGradient<Tensor extends TrainableTensor>(tensor: Tensor): Tensor {
  return { ...tensor, gradient: new Float32Array(tensor.gradient.length) };
}
