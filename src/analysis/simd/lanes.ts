import { f32, f32x4, f64, f64x2, get, set, type Code, type Local } from './instructions';

/** How a vector of 16 bytes holds numbers of one precision, and what can be done with it. */
export interface Lanes {
  /** Bytes of a number. */
  readonly bytes: 4 | 8;
  readonly load: (address: Code, offset?: number) => Code;
  readonly store: (address: Code, value: Code, offset?: number) => Code;
  readonly zero: () => Code;
  /**
   * A vector whose squares sum to less is zero: products of two entries could underflow and what is divided by them
   * overflow. It is then far under the rounding error of a matrix scaled to 1.
   */
  readonly negligibleSquares: number;
  /** The one number there, as a float64. */
  readonly loadOne: (address: Code, offset?: number) => Code;
  /** Writes a float64, rounded to the precision. */
  readonly storeOne: (address: Code, value: Code, offset?: number) => Code;
  /** The one number there, in each lane. */
  readonly loadEach: (address: Code, offset?: number) => Code;
  /** `vector` with the one number there in a lane. */
  readonly loadLane: (address: Code, vector: Code, lane: number) => Code;
  /** A float64, rounded to the precision, in each lane. */
  readonly each: (value: Code) => Code;
  readonly add: (a: Code, b: Code) => Code;
  readonly subtract: (a: Code, b: Code) => Code;
  readonly multiply: (a: Code, b: Code) => Code;
  readonly absolute: (a: Code) => Code;
  /** NaN where one is. */
  readonly larger: (a: Code, b: Code) => Code;
  /** The sum of the lanes, as a float64. */
  readonly total: (vector: Local) => Code;
  /** The largest of the lanes, as a float64; NaN where one is. */
  readonly largest: (vector: Local) => Code;
  /** Writes the sums of the lanes of four vectors, one after the other. */
  readonly storeTotals: (address: Local, vectors: readonly [Local, Local, Local, Local]) => Code[];
}

/** Bytes of a vector, and of what the inner loops of kernels take at once. */
export const VECTOR = 16;
export const TURN = 2 * VECTOR;

const total = (pair: Code): Code => f64.add(f64x2.lane(pair, 0), f64x2.lane(pair, 1));
const largest = (pair: Code): Code => f64.larger(f64x2.lane(pair, 0), f64x2.lane(pair, 1));

export const doubleLanes: Lanes = {
  bytes: 8,
  ...f64x2,
  negligibleSquares: 1e-290,
  loadOne: f64.load,
  storeOne: f64.store,
  total: (pair) => total(get(pair)),
  largest: (pair) => largest(get(pair)),
  storeTotals: (address, pairs) => pairs.map((pair, n) => f64.store(get(address), total(get(pair)), 8 * n)),
};

export const singleLanes: Lanes = {
  bytes: 4,
  ...f32x4,
  negligibleSquares: 1e-30,
  loadOne: f32.load,
  storeOne: f32.store,
  // Conversion is cheap beside the additions that come before, and no digit is lost in the last ones.
  total: (four) => total(f64x2.add(f32x4.firstTwo(get(four)), f32x4.lastTwo(get(four)))),
  largest: (four) => largest(f64x2.larger(f32x4.firstTwo(get(four)), f32x4.lastTwo(get(four)))),
  storeTotals: (address, [a, b, c, d]) => {
    // Halves of a and b in turn: a₀ + a₂, b₀ + b₂, a₁ + a₃, b₁ + b₃.
    const halves = (one: Local, other: Local): Code =>
      f32x4.add(f32x4.mixFirst(get(one), get(other)), f32x4.mixLast(get(one), get(other)));
    return [
      ...[set(a, halves(a, b)), set(c, halves(c, d))],
      f32x4.store(get(address), f32x4.add(f32x4.joinFirst(get(a), get(c)), f32x4.joinLast(get(a), get(c)))),
    ];
  },
};
