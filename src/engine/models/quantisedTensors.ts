import type { Runtime, HostTensor } from '../runtime/runtime';
import { quantisedNames } from './frozenInputs';
import { quantise } from './quantise';

/** The tensors of a quantised weight W [dOut, dIn] by name. */
export function quantisedTensors(
  name: string,
  weight: Float32Array,
  [dOut = 0, dIn = 0]: readonly number[],
  runtime: Runtime,
): Record<string, HostTensor> {
  const names = quantisedNames(name);
  const { forward, forwardScales, backward, backwardScales } = quantise(weight, dOut, dIn);
  return {
    [names.forward]: runtime.constant(forward, [dIn, dOut]),
    [names.forwardScales]: runtime.constant(forwardScales, [dOut]),
    [names.backward]: runtime.constant(backward, [dOut, dIn]),
    [names.backwardScales]: runtime.constant(backwardScales, [dIn]),
  };
}
