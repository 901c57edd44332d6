import type { LinearLayer } from '../../config/targets';
import type { LoadedModel } from './loadedModel';

/**
 * W ← W + ΔW of one linear layer, in place, in float32: each weight is rounded once. Sums of float32 numbers depend on
 * their order, so whoever restores a base from its merges adds them one by one as they happened, and gets the same bits.
 * `delta` is [dOut, dIn] as the layer.
 */
export function mergeIntoBase(model: LoadedModel, linear: LinearLayer, delta: Float32Array): void {
  const weights = weightsOf(model, linear);
  if (weights.length !== delta.length) {
    throw new Error(`${linear.name} has ${weights.length} weights, its ΔW ${delta.length}`);
  }
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) + (delta[i] as number);
}

function weightsOf(model: LoadedModel, { layer, name }: LinearLayer): Float32Array {
  const inBlock = name.slice(name.indexOf(`.${layer}.`) + `.${layer}.`.length);
  const data = model.blocks[layer]?.get(`${inBlock}.weight`)?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the model holds no float32 weight of ${name}`);
  return data;
}
