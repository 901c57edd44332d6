import type { PackedBatch } from '../data/packing';
import type { AdamW } from './adamW';
import { clipScale, gradientNorm } from './gradientClipping';
import { sideBySide, sumGradients, type Replicas } from './replicas';

export interface Trainer {
  /** Replaced when what they train is merged into the base. */
  replicas: Replicas;
  readonly optimizer: AdamW;
  /** Global norm to clip to; 0 means never. */
  readonly clipNorm: number;
}

export interface StepResult {
  /** Mean over the supervised tokens of the step, before its update. Nats. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** False when loss or gradient were not finite; the parameters are then as they were. */
  readonly updated: boolean;
}

/**
 * One optimizer step over all its micro-batches, which the replicas take in turn: whichever is faster, gradients add up in
 * the same order. `step` counts from 1. `proceed` is asked between micro-batches; false ends the step with undefined, and
 * nothing has changed: a run that is asked to end need not wait for a long step.
 */
export async function trainStep(
  { replicas, optimizer, clipNorm }: Trainer,
  batches: readonly PackedBatch[],
  step: number,
  learningRate: number,
  proceed: () => boolean = () => true,
): Promise<StepResult | undefined> {
  const supervised = batches.reduce((sum, batch) => sum + batch.supervised, 0);
  const losses = batches.map(() => NaN);
  const ended = await sideBySide(replicas, async ({ adapters, pass, head }, first) => {
    adapters.clearGradients();
    for (let index = first; index < batches.length; index += replicas.length) {
      const batch = batches[index] as PackedBatch;
      if (!proceed()) return false;
      const hidden = await pass.forward(batch, true);
      const gradient = pass.hiddenGradient();
      losses[index] = (await head.sums(hidden, batch.targets, 1 / supervised, gradient.data)).loss;
      await pass.backward(gradient);
    }
    return true;
  });
  if (ended.includes(false)) return undefined;
  sumGradients(replicas);
  const loss = losses.reduce((sum, part) => sum + part, 0);
  const norm = gradientNorm(replicas[0].adapters.parameters);
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) return { loss, gradientNorm: norm, updated: false };
  optimizer.update(step, learningRate, clipScale(norm, clipNorm));
  return { loss, gradientNorm: norm, updated: true };
}
