import { kernel } from '../../analysis/simd/assemble';
import { bytes, countDown, f32x4, f64x2, get, i32, set, type Code, type Local } from '../../analysis/simd/instructions';

/** Entries of a row that are worked on at once, and rows and columns of a block that is transposed. */
export const LANES = 16;

const [FLOAT32, FLOAT64, VECTOR] = [4, 8, 16];

/** At this a float64 has no binary places, and its lower half is a whole number: adding it rounds, halves to even. */
const WHOLE = 1.5 * 2 ** 52;

/**
 * The largest |w| of each row, as the largest of four, and of each column: `columns` float32 [width] is raised to it.
 * `a` float32 [rows, width], `rowsOfFour` float32 [rows, 4].
 */
export const largest = kernel('largest', ['rows', 'width', 'a', 'columns', 'rowsOfFour'], (given, variables) => {
  const [left, column] = [variables.counter(), variables.counter()];
  const [most, x] = [variables.vector(), variables.vector()];
  const part = (offset: number): Code[] => [
    set(x, f32x4.absolute(f32x4.load(get(given.a), offset))),
    set(most, f32x4.larger(get(most), get(x))),
    f32x4.store(get(column), f32x4.larger(f32x4.load(get(column), offset), get(x)), offset),
  ];
  return [
    countDown(given.rows, 1, [
      set(most, f32x4.zero()),
      set(column, get(given.columns)),
      set(left, get(given.width)),
      countDown(left, LANES, [
        ...[0, 1, 2, 3].flatMap((quarter) => part(quarter * VECTOR)),
        advance(given.a, LANES * FLOAT32),
        advance(column, LANES * FLOAT32),
      ]),
      f32x4.store(get(given.rowsOfFour), get(most)),
      advance(given.rowsOfFour, VECTOR),
    ]),
  ];
});

/**
 * Bytes [rows, width] of w times a factor for its row, and of w − centre times a factor for its column.
 * `a` float32 [rows, width], `perRow` float64 [rows], `perColumn` and `centre` float64 [width].
 */
export const round = kernel(
  'round',
  ['rows', 'width', 'a', 'perRow', 'perColumn', 'centre', 'byRow', 'byColumn'],
  (given, variables) => {
    const [left, column] = [variables.counter(), variables.counter()];
    const [factor, whole] = [variables.vector(), variables.vector()];
    const x = [0, 1, 2, 3].map(() => variables.vector());
    /** Two of the sixteen as float64. */
    const pair = (index: number): Code => {
      const four = get(x[index >> 1] as Local);
      return index % 2 === 0 ? f32x4.firstTwo(four) : f32x4.lastTwo(four);
    };
    const along = (base: Local, index: number): Code =>
      f64x2.load(i32.add(get(base), get(column)), index * 2 * FLOAT64);
    const rounded = (value: Code): Code => f64x2.add(value, get(whole));
    const byRow = (index: number): Code => rounded(f64x2.multiply(pair(index), get(factor)));
    const byColumn = (index: number): Code =>
      rounded(f64x2.multiply(f64x2.subtract(pair(index), along(given.centre, index)), along(given.perColumn, index)));
    return [
      set(whole, f64x2.constant(WHOLE)),
      countDown(given.rows, 1, [
        set(factor, f64x2.loadEach(get(given.perRow))),
        advance(given.perRow, FLOAT64),
        set(column, i32.constant(0)),
        set(left, get(given.width)),
        countDown(left, LANES, [
          ...x.map((four, quarter) => set(four, f32x4.load(get(given.a), quarter * VECTOR))),
          bytes.store(get(given.byRow), sixteen(byRow)),
          bytes.store(get(given.byColumn), sixteen(byColumn)),
          advance(given.a, LANES * FLOAT32),
          advance(given.byRow, LANES),
          advance(given.byColumn, LANES),
          advance(column, LANES * FLOAT64),
        ]),
      ]),
    ];
  },
);

/** Bytes of eight pairs of whole numbers, each in the lower half of a float64. */
function sixteen(pair: (index: number) => Code): Code {
  const four = (index: number): Code => bytes.lowerHalves(pair(2 * index), pair(2 * index + 1));
  return bytes.narrow16(bytes.narrow32(four(0), four(1)), bytes.narrow32(four(2), four(3)));
}

/**
 * Transposes bytes [16 down, 16 across], with `stride` bytes from row to row, into rows with `toStride`; `toNext` is 16 times
 * that.
 */
export const transpose = kernel(
  'transpose',
  ['across', 'down', 'from', 'stride', 'to', 'toStride', 'toNext'],
  (given, variables) => {
    const [left, source, target] = [variables.counter(), variables.counter(), variables.counter()];
    const [read, write] = [variables.counter(), variables.counter()];
    const rows = Array.from({ length: 2 * LANES }, () => variables.vector());
    const [these, others] = [rows.slice(0, LANES), rows.slice(LANES)];
    return [
      countDown(given.across, 1, [
        set(source, get(given.from)),
        set(target, get(given.to)),
        set(left, get(given.down)),
        countDown(left, 1, [
          set(read, get(source)),
          ...these.flatMap((row) => [
            set(row, bytes.load(get(read))),
            set(read, i32.add(get(read), get(given.stride))),
          ]),
          // Each turn moves the highest bit of a byte's place, row before column, to its end; four exchange the two.
          ...mixed(these, others),
          ...mixed(others, these),
          ...mixed(these, others),
          ...mixed(others, these),
          set(write, get(target)),
          ...these.flatMap((row) => [
            bytes.store(get(write), get(row)),
            set(write, i32.add(get(write), get(given.toStride))),
          ]),
          set(source, get(read)),
          advance(target, LANES),
        ]),
        advance(given.from, LANES),
        set(given.to, i32.add(get(given.to), get(given.toNext))),
      ]),
    ];
  },
);

function mixed(from: readonly Local[], to: readonly Local[]): Code[] {
  return Array.from({ length: LANES / 2 }, (_, row) => {
    const [a, b] = [get(from[row] as Local), get(from[row + LANES / 2] as Local)];
    return [set(to[2 * row] as Local, bytes.mixFirst(a, b)), set(to[2 * row + 1] as Local, bytes.mixLast(a, b))].flat();
  });
}

function advance(address: Local, by: number): Code {
  return set(address, i32.add(get(address), i32.constant(by)));
}
