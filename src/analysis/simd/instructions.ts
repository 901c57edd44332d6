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
};

/** A float64. */
export const f64 = {
  add: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x39, ...at(offset)],
};

/** Two float64 side by side. */
export const f64x2 = {
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), ...at(offset)],
  /** The one float64 there, twice. */
  loadTwice: (address: Code, offset = 0): Code => [...address, ...simd(0x0a), ...at(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...simd(0x0b), ...at(offset)],
  zero: (): Code => [...simd(0x0c), ...new Array<number>(16).fill(0)],
  lane: (value: Code, lane: 0 | 1): Code => [...value, ...simd(0x21), lane],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf0)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf1)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf2)],
};

/** Runs `body` until `counter`, which it starts from, has come down to 0 in steps of `by`. It must not start at 0. */
export function countDown(counter: Local, by: number, body: readonly Code[]): Code {
  const [LOOP, NOTHING, BRANCH_IF, END] = [0x03, 0x40, 0x0d, 0x0b];
  const next = set(counter, i32.subtract(get(counter), i32.constant(by)));
  return [LOOP, NOTHING, ...body.flat(), ...next, ...get(counter), BRANCH_IF, 0, END];
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
function at(offset: number): Code {
  return [3, ...unsigned(offset)];
}
