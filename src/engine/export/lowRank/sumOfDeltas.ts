import type { StructuredParameters } from '../../adapters/mora/official';

/** The sum of several ΔW of one layer, [dOut, dIn], added up in float64 and rounded once. */
export function sumOfDeltas(parts: readonly StructuredParameters[]): Float32Array {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('a sum of no ΔW');
  const delta = first.structure.deltaWeight(first.parameters);
  if (others.length === 0) return delta;
  const sum = Float64Array.from(delta);
  for (const { structure, parameters } of others) {
    const next = structure.deltaWeight(parameters);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (next[i] as number);
  }
  return Float32Array.from(sum);
}
