/**
 * The instructions of WebAssembly that the kernels are made of, as functions that give their bytes, so that a kernel reads
 * like the formula that it computes. An expression leaves one value on the stack, a statement none.
 * WebAssembly Core Specification 2.0, §5.4 (binary format of instructions).
 */
export type Code = readonly number[];

/** A parameter or local variable of a function, by its index. */
export interface Local {
  readonly index: number;
}

export const get = (local: Local): Code => [0x20, ...unsigned(local.index)];
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local.index)];

/** Whole numbers of 32 bits: addresses and counts. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  subtract: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  multiply: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  /** The bits that both have. */
  and: (a: Code, b: Code): Code => [...a, ...b, 0x71],
  shiftRight: (a: Code, bits: number): Code => [...a, ...i32.constant(bits), 0x76],
  /** 1 where a < b, else 0. */
  isLess: (a: Code, b: Code): Code => [...a, ...b, 0x48],
  isZero: (a: Code): Code => [...a, 0x45],
  lesser: (a: Code, b: Code): Code => [...a, ...b, ...i32.isLess(a, b), SELECT],
  larger: (a: Code, b: Code): Code => [...a, ...b, ...i32.isLess(b, a), SELECT],
};

const SELECT = 0x1b;

/** A float64. */
export const f64 = {
  constant: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, 0xa1],
  multiply: (a: Code, b: Code): Code => [...a, ...b, 0xa2],
  divide: (a: Code, b: Code): Code => [...a, ...b, 0xa3],
  negative: (a: Code): Code => [...a, 0x9a],
  root: (a: Code): Code => [...a, 0x9f],
  /** 1 where a < b, else 0. */
  isLess: (a: Code, b: Code): Code => [...a, ...b, 0x63],
  isEqual: (a: Code, b: Code): Code => [...a, ...b, 0x61],
  /** a where the condition is not 0, else b. */
  choice: (condition: Code, a: Code, b: Code): Code => [...a, ...b, ...condition, SELECT],
  load: (address: Code, offset = 0): Code => [...address, 0x2b, ...at(offset)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
  /** NaN where one is. */
  larger: (a: Code, b: Code): Code => [...a, ...b, 0xa5],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x39, ...at(offset)],
};

/** A vector of 16 bytes, whatever it holds. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), ...at(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...simd(0x0b), ...at(offset)],
  zero: (): Code => [...simd(0x0c), ...new Array<number>(16).fill(0)],
};

/** Two float64 side by side. */
export const f64x2 = {
  ...v128,
  /** The one float64 there, twice. */
  loadEach: (address: Code, offset = 0): Code => [...address, ...simd(0x0a), ...at(offset)],
  /** `pair` with the one float64 there in a lane. */
  loadLane: (address: Code, pair: Code, lane: number, offset = 0): Code => [
    ...[...address, ...pair, ...simd(0x57), ...at(offset)],
    lane,
  ],
  /** A float64, twice. */
  each: (a: Code): Code => [...a, ...simd(0x14)],
  /** The number, twice. */
  constant: (value: number): Code => [...simd(0x0c), ...new Uint8Array(Float64Array.of(value, value).buffer)],
  lane: (value: Code, lane: 0 | 1): Code => [...value, ...simd(0x21), lane],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf0)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf1)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf2)],
  divide: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf3)],
  absolute: (a: Code): Code => [...a, ...simd(0xec)],
  /** NaN where one is. */
  larger: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf5)],
  /** b where b < a, else a: a where one of them is not a number. */
  lesser: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf6)],
};

/** Lanes of two vectors, those of the second numbered on from the first's: bytes, by which engines know their own instructions. */
const shuffle = (a: Code, b: Code, lanes: readonly number[]): Code => [...a, ...b, ...simd(0x0d), ...lanes];

const ofWidth = (bytes: number, lanes: readonly number[]): number[] =>
  lanes.flatMap((lane) => Array.from({ length: bytes }, (_, byte) => bytes * lane + byte));

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];

/** A float32, as the float64 that it is or is rounded from. */
export const f32 = {
  load: (address: Code, offset = 0): Code => [...address, 0x2a, ...at(offset, 2), 0xbb],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0xb6, 0x38, ...at(offset, 2)],
};

/** Four float32 side by side. */
export const f32x4 = {
  ...v128,
  /** The one float32 there, in each lane. */
  loadEach: (address: Code, offset = 0): Code => [...address, ...simd(0x09), ...at(offset, 2)],
  /** `four` with the one float32 there in a lane. */
  loadLane: (address: Code, four: Code, lane: number, offset = 0): Code => [
    ...[...address, ...four, ...simd(0x56), ...at(offset, 2)],
    lane,
  ],
  /** A float64, rounded, in each lane. */
  each: (a: Code): Code => [...a, 0xb6, ...simd(0x13)],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe4)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe5)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe6)],
  absolute: (a: Code): Code => [...a, ...simd(0xe0)],
  /** NaN where one is. */
  larger: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe9)],
  /** The first two of each in turn, and the last two. */
  mixFirst: (a: Code, b: Code): Code => shuffle(a, b, ofWidth(4, [0, 4, 1, 5])),
  mixLast: (a: Code, b: Code): Code => shuffle(a, b, ofWidth(4, [2, 6, 3, 7])),
  /** The first halves one after the other, and the last halves. */
  joinFirst: (a: Code, b: Code): Code => shuffle(a, b, ofWidth(4, [0, 1, 4, 5])),
  joinLast: (a: Code, b: Code): Code => shuffle(a, b, ofWidth(4, [2, 3, 6, 7])),
  /** The first two as float64, and the last two. */
  firstTwo: (a: Code): Code => [...a, ...simd(0x5f)],
  lastTwo: (a: Code): Code => [...shuffle(a, a, ofWidth(4, [2, 3, 0, 1])), ...simd(0x5f)],
};

/** Sixteen bytes side by side, and whole numbers on their way to be such. */
export const bytes = {
  ...v128,
  /** The lower halves of four 64-bit numbers, as 32-bit ones. */
  lowerHalves: (a: Code, b: Code): Code => shuffle(a, b, ofWidth(4, [0, 2, 4, 6])),
  /** Eight 32-bit numbers in 16 bits, sixteen of those in 8; what does not fit becomes the nearest that does. */
  narrow32: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x85)],
  narrow16: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x65)],
  /** The first bytes of each in turn, and the last. */
  mixFirst: (a: Code, b: Code): Code =>
    shuffle(
      a,
      b,
      EIGHT.flatMap((lane) => [lane, lane + 16]),
    ),
  mixLast: (a: Code, b: Code): Code =>
    shuffle(
      a,
      b,
      EIGHT.flatMap((lane) => [lane + 8, lane + 24]),
    ),
};

/** Moves an address on by a number of bytes. */
export function advance(address: Local, bytes: Code): Code {
  return set(address, i32.add(get(address), bytes));
}

/** Runs `body` until `counter`, which it starts from, has come down to 0 in steps of `by`. It must not start at 0. */
export function countDown(counter: Local, by: number, body: readonly Code[]): Code {
  const [LOOP, NOTHING, BRANCH_IF, END] = [0x03, 0x40, 0x0d, 0x0b];
  const next = set(counter, i32.subtract(get(counter), i32.constant(by)));
  return [LOOP, NOTHING, ...body.flat(), ...next, ...get(counter), BRANCH_IF, 0, END];
}

/** Runs `body` where the condition is not 0. */
export function when(condition: Code, body: readonly Code[]): Code {
  const [IF, NOTHING, END] = [0x04, 0x40, 0x0b];
  return [...condition, IF, NOTHING, ...body.flat(), END];
}

/** Runs steps over and over, each of them where the condition before it is not 0; ends at the first that is. */
export function whileAll(steps: readonly (readonly [condition: Code, body: readonly Code[]])[]): Code {
  const [BLOCK, LOOP, NOTHING, BRANCH, BRANCH_IF, IS_ZERO, END] = [0x02, 0x03, 0x40, 0x0c, 0x0d, 0x45, 0x0b];
  const written = steps.flatMap(([condition, body]) => [...condition, IS_ZERO, BRANCH_IF, 1, ...body.flat()]);
  return [BLOCK, NOTHING, LOOP, NOTHING, ...written, BRANCH, 0, END, END];
}

/** LEB128, as WebAssembly writes whole numbers. */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

/** A place in memory, aligned to 8 bytes: 2³. */
function at(offset: number, alignment = 3): Code {
  return [alignment, ...unsigned(offset)];
}
