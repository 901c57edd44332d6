import type { Runtime, HostTensor } from '../runtime/runtime';
import { quantisedNames } from './frozenInputs';
import type { QuantisedArrays } from './quantise';

/** The tensors of a quantised weight W [dOut, dIn] by name. */
export function quantisedTensors(
  name: string,
  { forward, forwardScales, backward, backwardScales }: QuantisedArrays,
  runtime: Runtime,
): ReadonlyMap<string, HostTensor> {
  const names = quantisedNames(name);
  const [dOut, dIn] = [forwardScales.length, backwardScales.length];
  return new Map([
    [names.forward, runtime.constant(forward, [dIn, dOut])],
    [names.forwardScales, runtime.constant(forwardScales, [dOut])],
    [names.backward, runtime.constant(backward, [dOut, dIn])],
    [names.backwardScales, runtime.constant(backwardScales, [dIn])],
  ]);
}
