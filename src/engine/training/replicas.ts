import { AdapterSet, type TrainableTensor } from '../adapters/adapterSet';
import { DecoderPass } from '../models/decoderPass';
import { LayerGraphs } from '../models/layerPrograms';
import type { LoadedModel } from '../models/loadedModel';
import { addInto } from '../runtime/hostData';
import type { Runtime } from '../runtime/runtime';
import { LossHead } from './head/lossHead';
import type { Runtimes } from './openRuntimes';

/** What computes with one micro-batch at a time. Those of a run hold the same model and the same trained values. */
export interface Replica {
  /** The trained values, with gradients of its own. */
  readonly adapters: AdapterSet;
  readonly pass: DecoderPass;
  readonly head: LossHead;
}

/** One or more. */
export type Replicas = readonly [Replica, ...Replica[]];

/**
 * A replica for each runtime; the first one's gradients are those of `adapters`. `keptLayers` as DecoderPass has it. Tensors
 * of the first runtime must be readable by all.
 */
export function makeReplicas(
  [first, ...others]: Runtimes['all'],
  model: LoadedModel,
  adapters: AdapterSet,
  keptLayers = Infinity,
): Replicas {
  const graphs = new LayerGraphs(model);
  const replica = (runtime: Runtime, own: AdapterSet): Replica => ({
    adapters: own,
    pass: new DecoderPass(runtime, model, own, keptLayers, graphs),
    head: new LossHead(runtime, model, own),
  });
  return [replica(first, adapters), ...others.map((runtime) => replica(runtime, withOwnGradients(adapters)))];
}

/**
 * Lets replicas work side by side, and waits until all have ended, also where one fails: nothing that they hold may be
 * changed or freed before. Throws what the first of them threw.
 */
export async function sideBySide<Result>(
  replicas: readonly Replica[],
  work: (replica: Replica, index: number) => Promise<Result>,
): Promise<Result[]> {
  const ended = await Promise.allSettled(replicas.map(work));
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** Adds the gradients of other replicas to those of the first, in their order. */
export function sumGradients([first, ...others]: Replicas): void {
  const sums = first.adapters.parameters;
  for (const { adapters } of others) {
    const parts = adapters.parameters;
    for (const [index, { gradient }] of sums.entries()) addInto(gradient, (parts[index] as TrainableTensor).gradient);
  }
}

export async function disposeReplicas(replicas: readonly Replica[]): Promise<void> {
  for (const { pass, head } of replicas) {
    await pass.dispose();
    await head.dispose();
  }
}

/** The same trained values with gradients of their own. */
function withOwnGradients({ modules, tensors }: AdapterSet): AdapterSet {
  return new AdapterSet(
    modules.map((module) => ({ ...module, parameters: module.parameters.map(withOwnGradient) })),
    tensors.map(withOwnGradient),
  );
}

function withOwnGradient<Tensor extends TrainableTensor>(tensor: Tensor): Tensor {
  return { ...tensor, gradient: new Float32Array(tensor.gradient.length) };
}
