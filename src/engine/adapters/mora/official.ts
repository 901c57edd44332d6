import type { AdapterParameters, AdapterStructure, MoraStructure } from '../structure';
import { moraStructure } from './moraStructure';
import { normalization, scaled } from './normalization';

/** A structure of ΔW with the values of its parameters. */
export interface StructuredParameters {
  readonly structure: AdapterStructure;
  readonly parameters: AdapterParameters;
}

/**
 * The same ΔW in the form of the official code, which knows only M: for normalized MoRA M = S_out N S_in, rounded to
 * float32; everything else is returned as it is.
 */
export function officialForm({ structure, parameters }: StructuredParameters): StructuredParameters {
  if (structure.method !== 'mora' || !structure.normalized) return { structure, parameters };
  const m = scaled(normalization(structure), required(parameters.N));
  return { structure: withNormalized(structure, false), parameters: { M: Float32Array.from(m) } };
}

/**
 * The same ΔW with N for parameter: N = S_out⁺ M S_in⁺, rounded to float32. Parts of M that no input or output of the
 * layer uses are left out.
 */
export function normalizedForm(structure: MoraStructure, parameters: AdapterParameters): StructuredParameters {
  const n = scaled(normalization(structure, 0.5), required(parameters.M));
  return { structure: withNormalized(structure, true), parameters: { N: Float32Array.from(n) } };
}

function withNormalized(structure: MoraStructure, normalized: boolean): MoraStructure {
  return moraStructure({ ...structure, normalized });
}

function required(values: Float32Array | undefined): Float32Array {
  if (values === undefined) throw new Error('the parameter of a MoRA module is missing');
  return values;
}

/** M [r̂, r̂] in float64: of normalized MoRA S_out N S_in before rounding. */
export function exactCore(structure: MoraStructure, parameters: AdapterParameters): Float64Array {
  if (!structure.normalized) return Float64Array.from(required(parameters.M));
  return scaled(normalization(structure), required(parameters.N));
}
