import { UserError } from '../../../config/userError';
import { exactLora } from '../../adapters/mora/exactLora';
import { officialForm } from '../../adapters/mora/official';
import type { AdapterStructure } from '../../adapters/structure';
import type { AdapterModule } from '../../checkpoint/adapterState';

/** ΔW = scale · B A with `a` [rank, dIn] and `b` [dOut, rank]. */
export interface ScaledFactors {
  readonly rank: number;
  readonly scale: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** Throws a UserError for a ΔW that is no product of two narrow matrices. `folder` is the adapter's. */
export function requireFactors(folder: string, structure: AdapterStructure): void {
  if (structure.method === 'lora' || (structure.method === 'mora' && structure.type !== 6)) return;
  const what = structure.method === 'mora' ? 'MoRA of type 6 (rotation)' : 'full fine-tuning';
  throw new UserError(`${folder}: is ${what}, whose ΔW has full rank and is no LoRA; use --format gguf.`);
}

/** The rank and the scale of {@link exactFactors}, without making them. */
export function factorSize(parts: readonly AdapterModule[]): Pick<ScaledFactors, 'rank' | 'scale'> {
  const [first] = parts;
  const rank = parts.reduce((sum, { structure }) => sum + rankOf(structure), 0);
  return { rank, scale: parts.length === 1 && first?.structure.method === 'lora' ? first.structure.scale : 1 };
}

/**
 * The sum of several ΔW of one layer as one LoRA, exactly: the factors of LoRA as they are, those of MoRA of types 1 to 4
 * by {@link exactLora}, of several one beside the other. Only where a LoRA is among several its scale is multiplied in.
 */
export function exactFactors(parts: readonly AdapterModule[]): ScaledFactors {
  const factors = parts.map(factorsOf);
  const [only] = factors;
  if (only !== undefined && factors.length === 1) return only;
  const { dIn = 0, dOut = 0 } = parts[0]?.linear ?? {};
  const { rank } = factorSize(parts);
  const a = new Float32Array(rank * dIn);
  const b = new Float32Array(dOut * rank);
  let offset = 0;
  for (const part of factors) {
    a.set(part.a, offset * dIn);
    for (let row = 0; row < dOut; row++) {
      for (let k = 0; k < part.rank; k++) {
        b[row * rank + offset + k] = part.scale * (part.b[row * part.rank + k] as number);
      }
    }
    offset += part.rank;
  }
  return { rank, scale: 1, a, b };
}

function factorsOf(module: AdapterModule): ScaledFactors {
  const { structure, parameters } = officialForm(module);
  switch (structure.method) {
    case 'mora':
      return { ...exactLora(structure, required(parameters.M)), scale: 1 };
    case 'lora':
      return { rank: structure.rank, scale: structure.scale, a: required(parameters.A), b: required(parameters.B) };
    case 'full':
      throw new Error('full fine-tuning has no factors');
  }
}

function rankOf(structure: AdapterStructure): number {
  switch (structure.method) {
    case 'mora':
      return structure.rHat;
    case 'lora':
      return structure.rank;
    case 'full':
      throw new Error('full fine-tuning has no rank');
  }
}

function required(values: Float32Array | undefined): Float32Array {
  if (values === undefined) throw new Error('an adapter without its parameters');
  return values;
}
