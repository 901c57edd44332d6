import type { AdapterSet } from '../adapters/adapterSet';
import type { PackedBatch } from '../data/packing';
import type { AdamW } from './adamW';
import type { DecoderPass } from '../models/decoderPass';
import { clipScale, gradientNorm } from './gradientClipping';
import type { LossHead } from './head/lossHead';

export interface Trainer {
  /** Replaced, with the pass, when they are merged into the base. */
  adapters: AdapterSet;
  pass: DecoderPass;
  readonly head: LossHead;
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
 * One optimizer step over all its micro-batches. `step` counts from 1. `proceed` is asked between them; false ends the
 * step with undefined, and nothing has changed: a run that is asked to end need not wait for a long step.
 */
export async function trainStep(
  { adapters, pass, head, optimizer, clipNorm }: Trainer,
  batches: readonly PackedBatch[],
  step: number,
  learningRate: number,
  proceed: () => boolean = () => true,
): Promise<StepResult | undefined> {
  const supervised = batches.reduce((sum, batch) => sum + batch.supervised, 0);
  adapters.clearGradients();
  let loss = 0;
  for (const batch of batches) {
    if (!proceed()) return undefined;
    const hidden = await pass.forward(batch, true);
    const gradient = pass.hiddenGradient();
    loss += (await head.sums(hidden, batch.targets, 1 / supervised, gradient.data)).loss;
    await pass.backward(gradient);
  }
  const norm = gradientNorm(adapters.parameters);
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) return { loss, gradientNorm: norm, updated: false };
  optimizer.update(step, learningRate, clipScale(norm, clipNorm));
  return { loss, gradientNorm: norm, updated: true };
}
