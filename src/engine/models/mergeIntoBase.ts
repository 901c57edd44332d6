import type { LinearLayer } from '../../config/targets';
import type { LoadedModel } from './loadedModel';

/**
 * W ← W + ΔW of one linear layer in float32: each weight is rounded once. Sums of float32 numbers depend on their order,
 * so whoever restores a base from its merges adds them one by one as they happened, and gets the same bits.
 * `delta` gives ΔW [dOut, dIn]; it is asked again whenever the weight is read from disk again.
 */
export function mergeIntoBase({ blocks }: LoadedModel, linear: LinearLayer, delta: () => Float32Array): void {
  const prefix = `model.layers.${linear.layer}.`;
  if (!linear.name.startsWith(prefix)) throw new Error(`${linear.name} is not in layer ${linear.layer}`);
  blocks.add(linear.layer, `${linear.name.slice(prefix.length)}.weight`, delta);
}
