import { exactCore, type StructuredParameters } from './mora/official';
import { inputGroups, outputGroups, wrapPad } from './mora/grouping';
import type { LayerPermutation } from './permutation';
import { parameterOf } from './parameter';
import type { AdapterParameters, LoraStructure, MoraStructure } from './structure';

/**
 * One side of a ΔW = L K Rᵀ: L [dOut, width] or R [dIn, width]. What depends on the structure alone (the groups of
 * sharing) is in the frame, and frames of one key are equal, so that ΔW of the same groups add up in the core K.
 */
export interface Frame {
  readonly key: string;
  readonly length: number;
  readonly width: number;
  /** For a frame that puts each row in exactly one column with weight 1: that column. */
  readonly partition: Int32Array | undefined;
  /** Calls `write` for every entry that is not 0, with what to add there. */
  readonly forEach: (write: (row: number, column: number, value: number) => void) => void;
}

/** ΔW = L K Rᵀ of inner size `left.width` × `right.width`, exactly. */
export interface FramedDelta {
  readonly left: Frame;
  readonly right: Frame;
  /** K [left.width, right.width] */
  readonly core: Float64Array;
}

/**
 * ΔW in frames; undefined for rotation and full fine-tuning, whose ΔW has no smaller inner size. Those of LoRA hold
 * values, which no two share: `index` tells one from another.
 */
export function framed({ structure, parameters }: StructuredParameters, index: number): FramedDelta | undefined {
  switch (structure.method) {
    case 'mora':
      return structure.type === 6
        ? undefined
        : { left: outputFrame(structure), right: inputFrame(structure), core: exactCore(structure, parameters) };
    case 'lora':
      return framedLora(structure, parameters, `lora ${index}`);
    case 'full':
      return undefined;
  }
}

/** D, or P_out D of a shuffled layer. */
export function outputFrame(structure: MoraStructure): Frame {
  const { dOut, rHat, type, permutation } = structure;
  const groups = outputGroups(structure);
  const shuffled = permutation === null ? groups : Int32Array.from(permutation.rows, (from) => groups[from] as number);
  const kind = type === 2 || type === 4 ? 'runs' : 'strided';
  return partitionFrame(`${kind} ${rHat}${ofShuffle(permutation)}`, shuffled, dOut, rHat);
}

/** Cᵀ, or (C P_in)ᵀ of a shuffled layer. */
export function inputFrame(structure: MoraStructure): Frame {
  const { dIn, rHat, type, permutation } = structure;
  const groups = inputGroups(structure);
  const pad = wrapPad(structure);
  const shuffled = permutation?.columns ?? Uint32Array.from(groups, (_, j) => j);
  const kind = type === 2 || type === 3 ? 'runs' : 'strided';
  const key = `${kind} ${rHat}${ofShuffle(permutation)}`;
  const frame = partitionFrame(
    key,
    Int32Array.from(shuffled, (from) => groups[from] as number),
    dIn,
    rHat,
  );
  if (pad === 0) return frame;
  return {
    ...frame,
    partition: undefined,
    forEach: (write) => {
      frame.forEach(write);
      shuffled.forEach((from, j) => {
        if (from < pad) write(j, (dIn + from) % rHat, 1);
      });
    },
  };
}

function ofShuffle(permutation: LayerPermutation | null): string {
  return permutation === null ? '' : ` shuffled ${permutation.seed} ${permutation.merge}`;
}

function partitionFrame(key: string, groups: Int32Array, length: number, width: number): Frame {
  return {
    key,
    length,
    width,
    partition: groups,
    forEach: (write) => groups.forEach((group, row) => write(row, group, 1)),
  };
}

/** B · (scale · 1) · A. */
function framedLora(structure: LoraStructure, parameters: AdapterParameters, key: string): FramedDelta {
  const { dIn, dOut, rank, scale, parameterShapes } = structure;
  const a = parameterOf(parameterShapes, parameters, 'A');
  const b = parameterOf(parameterShapes, parameters, 'B');
  const core = new Float64Array(rank * rank);
  for (let r = 0; r < rank; r++) core[r * rank + r] = scale;
  const frame = (length: number, entry: (row: number, column: number) => number): Frame => ({
    key,
    length,
    width: rank,
    partition: undefined,
    forEach: (write) => {
      for (let row = 0; row < length; row++) for (let r = 0; r < rank; r++) write(row, r, entry(row, r));
    },
  });
  return {
    left: frame(dOut, (i, r) => b[i * rank + r] as number),
    right: frame(dIn, (j, r) => a[r * dIn + j] as number),
    core,
  };
}
