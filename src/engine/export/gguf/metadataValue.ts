/** Types of numbers in GGUF metadata, each with its number in the format and its bytes. */
export const NUMBER_TYPES = {
  uint8: { id: 0, bytes: 1 },
  int8: { id: 1, bytes: 1 },
  uint16: { id: 2, bytes: 2 },
  int16: { id: 3, bytes: 2 },
  uint32: { id: 4, bytes: 4 },
  int32: { id: 5, bytes: 4 },
  float32: { id: 6, bytes: 4 },
  uint64: { id: 10, bytes: 8 },
  int64: { id: 11, bytes: 8 },
  float64: { id: 12, bytes: 8 },
} as const;

export type NumberType = keyof typeof NUMBER_TYPES;

/** Numbers in the format of the types that are not numbers. */
export const BOOL_TYPE = 7;
export const STRING_TYPE = 8;
export const ARRAY_TYPE = 9;

/** A metadata value of a GGUF file. 64-bit whole numbers are read and written as far as a double holds them exactly. */
export type GgufValue =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | GgufArray;

/** Arrays of arrays, which the format allows and no model has, are left out. */
export type GgufArray =
  | { readonly type: 'array'; readonly of: NumberType; readonly values: ArrayLike<number> }
  | { readonly type: 'array'; readonly of: 'bool'; readonly values: readonly boolean[] }
  | { readonly type: 'array'; readonly of: 'string'; readonly values: readonly string[] };

/** In the order of the file. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

export const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
export const float32 = (value: number): GgufValue => ({ type: 'float32', value });
export const bool = (value: boolean): GgufValue => ({ type: 'bool', value });
export const string = (value: string): GgufValue => ({ type: 'string', value });
export const strings = (values: readonly string[]): GgufValue => ({ type: 'array', of: 'string', values });
export const bools = (values: readonly boolean[]): GgufValue => ({ type: 'array', of: 'bool', values });
export const int32s = (values: ArrayLike<number>): GgufValue => ({ type: 'array', of: 'int32', values });
export const float32s = (values: ArrayLike<number>): GgufValue => ({ type: 'array', of: 'float32', values });
