import type { AdapterStructure } from './structure';

/**
 * A shuffle of the outputs and inputs of a layer over the rows and columns of an unshuffled ΔW₀:
 * ΔW[i, j] = ΔW₀[rows[i], columns[j]], that is ΔW = P_out ΔW₀ P_in with permutation matrices on both sides. It changes
 * no singular value. ReMoRA shuffles anew at each merge, so that the sum of the merged ΔW can reach full rank.
 */
export interface LayerPermutation {
  /** Seed, merge and the layer's name give the shuffle, so that nothing but these need be stored. */
  readonly seed: number;
  /** The number of merges before it, from 1. */
  readonly merge: number;
  /** [dOut] */
  readonly rows: Uint32Array;
  /** [dIn] */
  readonly columns: Uint32Array;
}

/** P_out ΔW₀ P_in of `delta` [dOut, dIn], row-major. */
export function permuteDelta(delta: Float32Array, { rows, columns }: LayerPermutation): Float32Array {
  const dIn = columns.length;
  const permuted = new Float32Array(delta.length);
  rows.forEach((from, i) => {
    for (let j = 0; j < dIn; j++) permuted[i * dIn + j] = delta[from * dIn + (columns[j] as number)] as number;
  });
  return permuted;
}

/** The permutation that undoes one: inverse(p)[p[i]] = i. */
export function inversePermutation(permutation: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(permutation.length);
  permutation.forEach((to, i) => {
    inverse[to] = i;
  });
  return inverse;
}

/** The index tables that the graph of a shuffled adapter takes as inputs, so that layers can share a program. */
export const PERMUTATION_INPUTS = ['rows', 'columns', 'rowsBack', 'columnsBack'] as const;

export type PermutationInput = (typeof PERMUTATION_INPUTS)[number];

/** Name and length of the index tables that the graph of an adapter takes; none without a shuffle. */
export function permutationInputs(structure: AdapterStructure): (readonly [name: PermutationInput, length: number])[] {
  if (structure.method !== 'mora' || structure.permutation === null) return [];
  const { dIn, dOut } = structure;
  return PERMUTATION_INPUTS.map((name) => [name, name.startsWith('rows') ? dOut : dIn]);
}

/** Each index table as int64, [dOut] or [dIn]. */
export function permutationTables({
  rows,
  columns,
}: LayerPermutation): Readonly<Record<PermutationInput, BigInt64Array>> {
  return {
    rows: int64(rows),
    columns: int64(columns),
    rowsBack: int64(inversePermutation(rows)),
    columnsBack: int64(inversePermutation(columns)),
  };
}

function int64(values: Uint32Array): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}
