/** Types of tensors that are written and read here, with their number in the format and the bytes of an element. */
export const TENSOR_TYPES = {
  F32: { id: 0, bytes: 4 },
  F16: { id: 1, bytes: 2 },
  BF16: { id: 30, bytes: 2 },
} as const;

export type TensorType = keyof typeof TENSOR_TYPES;

/** The type of that number; undefined for one that is not read here (quantised ones above all). */
export function tensorTypeOf(id: number): TensorType | undefined {
  return (Object.keys(TENSOR_TYPES) as TensorType[]).find((type) => TENSOR_TYPES[type].id === id);
}

/** Where tensors begin: at multiples of this from the start of the data, unless the metadata say otherwise. */
export const ALIGNMENT = 32;

export const MAGIC = 'GGUF';
export const VERSION = 3;

/** The format's own bound. */
export const MAX_DIMENSIONS = 4;

export function aligned(position: number, alignment: number = ALIGNMENT): number {
  return Math.ceil(position / alignment) * alignment;
}
