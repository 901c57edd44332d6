import { kernel } from './assemble';
import { advance, countDown, f64, f64x2, get, i32, set, type Code, type Local } from './instructions';

const { add, multiply, subtract } = f64x2;

/** Rows that are worked on at once: what is read of the vectors serves all of them. */
export const ROWS = 4;
/** Columns of a turn of the inner loops. */
export const COLUMNS = 4;

const FLOAT64 = 8;
const PAIR = 2 * FLOAT64;
const GROUP = ROWS * FLOAT64;

/**
 * A −= p wᵀ + q uᵀ and sums += Aᵀ v in one pass. `a` is the address of the first entry, `stride` bytes lie between rows,
 * `rows` is a count in fours, `width` bytes of each row are worked on; the vectors are addresses of their first entries.
 */
export const subtractAndAccumulate = kernel(
  'subtractAndAccumulate',
  ['rows', 'width', 'a', 'stride', 'p', 'q', 'v', 'w', 'u', 'sums'],
  (given, variables) => {
    const rowAddresses = times(ROWS, () => variables.counter());
    const [left, along] = [variables.counter(), variables.counter()];
    const [ps, qs, vs] = times(3, () => times(ROWS, () => variables.pair())) as [Local[], Local[], Local[]];
    const [w, u, x, sum] = times(4, () => variables.pair()) as [Local, Local, Local, Local];
    const vector = (local: Local): Code => i32.add(get(local), get(along));
    const columns = (offset: number): Code[] => [
      set(w, f64x2.load(vector(given.w), offset)),
      set(u, f64x2.load(vector(given.u), offset)),
      set(sum, f64x2.load(vector(given.sums), offset)),
      ...rowAddresses.flatMap((row, r) => {
        const owed = add(multiply(get(at(ps, r)), get(w)), multiply(get(at(qs, r)), get(u)));
        return [
          set(x, subtract(f64x2.load(get(row), offset), owed)),
          f64x2.store(get(row), get(x), offset),
          set(sum, add(get(sum), multiply(get(at(vs, r)), get(x)))),
        ];
      }),
      f64x2.store(vector(given.sums), get(sum), offset),
    ];
    return [
      countDown(given.rows, 1, [
        ...startRows(rowAddresses, given.a, given.stride),
        ...[...loadRows(ps, given.p), ...loadRows(qs, given.q), ...loadRows(vs, given.v)],
        set(along, i32.constant(0)),
        set(left, get(given.width)),
        countDown(left, COLUMNS * FLOAT64, [
          ...columns(0),
          ...columns(PAIR),
          ...[...rowAddresses, along].map((local) => advance(local, i32.constant(COLUMNS * FLOAT64))),
        ]),
        ...nextRows(given.a, given.stride),
      ]),
    ];
  },
);

/** dots = A u; the arguments are as above. */
export const timesVector = kernel('timesVector', ['rows', 'width', 'a', 'stride', 'u', 'dots'], (given, variables) => {
  const rowAddresses = times(ROWS, () => variables.counter());
  const [left, uAddress] = [variables.counter(), variables.counter()];
  const sums = times(ROWS, () => variables.pair());
  const u = variables.pair();
  const columns = (offset: number): Code[] => [
    set(u, f64x2.load(get(uAddress), offset)),
    ...sums.map((sum, r) => set(sum, add(get(sum), multiply(f64x2.load(get(at(rowAddresses, r)), offset), get(u))))),
  ];
  return [
    countDown(given.rows, 1, [
      ...startRows(rowAddresses, given.a, given.stride),
      ...sums.map((sum) => set(sum, f64x2.zero())),
      set(uAddress, get(given.u)),
      set(left, get(given.width)),
      countDown(left, COLUMNS * FLOAT64, [
        ...columns(0),
        ...columns(PAIR),
        ...[...rowAddresses, uAddress].map((local) => advance(local, i32.constant(COLUMNS * FLOAT64))),
      ]),
      ...sums.map((sum, r) =>
        f64.store(get(given.dots), f64.add(f64x2.lane(get(sum), 0), f64x2.lane(get(sum), 1)), r * FLOAT64),
      ),
      advance(given.dots, i32.constant(GROUP)),
      ...nextRows(given.a, given.stride),
    ]),
  ];
});

/** A −= p wᵀ + q uᵀ; the arguments are as above. */
export const subtractPair = kernel(
  'subtractPair',
  ['rows', 'width', 'a', 'stride', 'p', 'q', 'w', 'u'],
  (given, variables) => {
    const rowAddresses = times(ROWS, () => variables.counter());
    const [left, along] = [variables.counter(), variables.counter()];
    const [ps, qs] = times(2, () => times(ROWS, () => variables.pair())) as [Local[], Local[]];
    const [w, u] = times(2, () => variables.pair()) as [Local, Local];
    const vector = (local: Local): Code => i32.add(get(local), get(along));
    const columns = (offset: number): Code[] => [
      set(w, f64x2.load(vector(given.w), offset)),
      set(u, f64x2.load(vector(given.u), offset)),
      ...rowAddresses.map((row, r) => {
        const product = add(multiply(get(at(ps, r)), get(w)), multiply(get(at(qs, r)), get(u)));
        return f64x2.store(get(row), subtract(f64x2.load(get(row), offset), product), offset);
      }),
    ];
    return [
      countDown(given.rows, 1, [
        ...startRows(rowAddresses, given.a, given.stride),
        ...[...loadRows(ps, given.p), ...loadRows(qs, given.q)],
        set(along, i32.constant(0)),
        set(left, get(given.width)),
        countDown(left, COLUMNS * FLOAT64, [
          ...columns(0),
          ...columns(PAIR),
          ...[...rowAddresses, along].map((local) => advance(local, i32.constant(COLUMNS * FLOAT64))),
        ]),
        ...nextRows(given.a, given.stride),
      ]),
    ];
  },
);

/** sums += Aᵀ v; the arguments are as above. */
export const accumulate = kernel('accumulate', ['rows', 'width', 'a', 'stride', 'v', 'sums'], (given, variables) => {
  const rowAddresses = times(ROWS, () => variables.counter());
  const [left, sumAddress] = [variables.counter(), variables.counter()];
  const vs = times(ROWS, () => variables.pair());
  const columns = (offset: number): Code => {
    const products = rowAddresses.map((row, r) => multiply(f64x2.load(get(row), offset), get(at(vs, r))));
    return f64x2.store(get(sumAddress), products.reduce(add, f64x2.load(get(sumAddress), offset)), offset);
  };
  return [
    countDown(given.rows, 1, [
      ...startRows(rowAddresses, given.a, given.stride),
      ...loadRows(vs, given.v),
      set(sumAddress, get(given.sums)),
      set(left, get(given.width)),
      countDown(left, COLUMNS * FLOAT64, [
        columns(0),
        columns(PAIR),
        ...[...rowAddresses, sumAddress].map((local) => advance(local, i32.constant(COLUMNS * FLOAT64))),
      ]),
      ...nextRows(given.a, given.stride),
    ]),
  ];
});

/** One entry of a vector for each row of a group. */
function loadRows(pairs: readonly Local[], source: Local): Code[] {
  return [
    ...pairs.map((pair, r) => set(pair, f64x2.loadTwice(get(source), r * FLOAT64))),
    advance(source, i32.constant(GROUP)),
  ];
}

function startRows(rowAddresses: readonly Local[], a: Local, stride: Local): Code[] {
  return rowAddresses.map((row, r) => set(row, r === 0 ? get(a) : i32.add(get(at(rowAddresses, r - 1)), get(stride))));
}

function nextRows(a: Local, stride: Local): Code[] {
  return times(ROWS, () => set(a, i32.add(get(a), get(stride))));
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function at(locals: readonly Local[], index: number): Local {
  return locals[index] as Local;
}
