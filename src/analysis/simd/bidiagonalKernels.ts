import { kernel, type Kernel } from './assemble';
import { advance, countDown, get, i32, set, type Code, type Local } from './instructions';
import { TURN, VECTOR, type Lanes } from './lanes';

/** Rows come in groups of so many: what is read of the vectors serves all of them. */
export const ROWS = 4;

/**
 * Passes over a matrix A of one precision. In all of them `a` is the address of the first entry, `stride` bytes lie between
 * rows, `rows` is a count in fours, `width` bytes of each row are worked on, whole turns; vectors are addresses of their
 * first entries.
 */
export function bidiagonalKernels(lanes: Lanes): Kernel[] {
  return [subtractAndAccumulate(lanes), subtractPair(lanes), accumulate(lanes), timesVector(lanes)];
}

/** A −= p wᵀ + q uᵀ and sums += Aᵀ v in one pass. */
function subtractAndAccumulate(lanes: Lanes): Kernel {
  const { add, load, multiply, store, subtract } = lanes;
  return kernel(
    'subtractAndAccumulate',
    ['rows', 'width', 'a', 'stride', 'p', 'q', 'v', 'w', 'u', 'sums'],
    (given, variables) => {
      // Of four rows the numbers that go with them would not fit into registers.
      const AT_ONCE = 2;
      const rowAddresses = times(AT_ONCE, () => variables.counter());
      const [left, along] = [variables.counter(), variables.counter()];
      const [ps, qs, vs] = times(3, () => times(AT_ONCE, () => variables.vector())) as [Local[], Local[], Local[]];
      const [w, u, x, sum] = times(4, () => variables.vector()) as [Local, Local, Local, Local];
      const vector = (local: Local): Code => i32.add(get(local), get(along));
      const columns = (offset: number): Code[] => [
        set(w, load(vector(given.w), offset)),
        set(u, load(vector(given.u), offset)),
        set(sum, load(vector(given.sums), offset)),
        ...rowAddresses.flatMap((row, r) => {
          const owed = add(multiply(get(at(ps, r)), get(w)), multiply(get(at(qs, r)), get(u)));
          return [
            set(x, subtract(load(get(row), offset), owed)),
            store(get(row), get(x), offset),
            set(sum, add(get(sum), multiply(get(at(vs, r)), get(x)))),
          ];
        }),
        store(vector(given.sums), get(sum), offset),
      ];
      return [
        set(given.rows, i32.add(get(given.rows), get(given.rows))),
        countDown(given.rows, 1, [
          ...startRows(rowAddresses, given.a, given.stride),
          ...loadRows(lanes, ps, given.p),
          ...loadRows(lanes, qs, given.q),
          ...loadRows(lanes, vs, given.v),
          set(along, i32.constant(0)),
          set(left, get(given.width)),
          countDown(left, TURN, [
            ...turn(columns),
            ...[...rowAddresses, along].map((local) => advance(local, i32.constant(TURN))),
          ]),
          ...nextRows(AT_ONCE, given.a, given.stride),
        ]),
      ];
    },
  );
}

/** dots = A u. */
function timesVector(lanes: Lanes): Kernel {
  const { add, load, multiply, storeTotals, zero } = lanes;
  return kernel('timesVector', ['rows', 'width', 'a', 'stride', 'u', 'dots'], (given, variables) => {
    const rowAddresses = times(ROWS, () => variables.counter());
    const [left, uAddress] = [variables.counter(), variables.counter()];
    const sums = times(ROWS, () => variables.vector()) as [Local, Local, Local, Local];
    const u = variables.vector();
    const columns = (offset: number): Code[] => [
      set(u, load(get(uAddress), offset)),
      ...sums.map((sum, r) => set(sum, add(get(sum), multiply(load(get(at(rowAddresses, r)), offset), get(u))))),
    ];
    return [
      countDown(given.rows, 1, [
        ...startRows(rowAddresses, given.a, given.stride),
        ...sums.map((sum) => set(sum, zero())),
        set(uAddress, get(given.u)),
        set(left, get(given.width)),
        countDown(left, TURN, [
          ...turn(columns),
          ...[...rowAddresses, uAddress].map((local) => advance(local, i32.constant(TURN))),
        ]),
        ...storeTotals(given.dots, sums),
        advance(given.dots, i32.constant(ROWS * lanes.bytes)),
        ...nextRows(ROWS, given.a, given.stride),
      ]),
    ];
  });
}

/** A −= p wᵀ + q uᵀ. */
function subtractPair(lanes: Lanes): Kernel {
  const { add, load, multiply, store, subtract } = lanes;
  return kernel('subtractPair', ['rows', 'width', 'a', 'stride', 'p', 'q', 'w', 'u'], (given, variables) => {
    const rowAddresses = times(ROWS, () => variables.counter());
    const [left, along] = [variables.counter(), variables.counter()];
    const [ps, qs] = times(2, () => times(ROWS, () => variables.vector())) as [Local[], Local[]];
    const [w, u] = times(2, () => variables.vector()) as [Local, Local];
    const vector = (local: Local): Code => i32.add(get(local), get(along));
    const columns = (offset: number): Code[] => [
      set(w, load(vector(given.w), offset)),
      set(u, load(vector(given.u), offset)),
      ...rowAddresses.map((row, r) => {
        const product = add(multiply(get(at(ps, r)), get(w)), multiply(get(at(qs, r)), get(u)));
        return store(get(row), subtract(load(get(row), offset), product), offset);
      }),
    ];
    return [
      countDown(given.rows, 1, [
        ...startRows(rowAddresses, given.a, given.stride),
        ...[...loadRows(lanes, ps, given.p), ...loadRows(lanes, qs, given.q)],
        set(along, i32.constant(0)),
        set(left, get(given.width)),
        countDown(left, TURN, [
          ...turn(columns),
          ...[...rowAddresses, along].map((local) => advance(local, i32.constant(TURN))),
        ]),
        ...nextRows(ROWS, given.a, given.stride),
      ]),
    ];
  });
}

/** sums += Aᵀ v. */
function accumulate(lanes: Lanes): Kernel {
  const { add, load, multiply, store } = lanes;
  return kernel('accumulate', ['rows', 'width', 'a', 'stride', 'v', 'sums'], (given, variables) => {
    const rowAddresses = times(ROWS, () => variables.counter());
    const [left, sumAddress] = [variables.counter(), variables.counter()];
    const vs = times(ROWS, () => variables.vector());
    const columns = (offset: number): Code[] => {
      const products = rowAddresses.map((row, r) => multiply(load(get(row), offset), get(at(vs, r))));
      return [store(get(sumAddress), products.reduce(add, load(get(sumAddress), offset)), offset)];
    };
    return [
      countDown(given.rows, 1, [
        ...startRows(rowAddresses, given.a, given.stride),
        ...loadRows(lanes, vs, given.v),
        set(sumAddress, get(given.sums)),
        set(left, get(given.width)),
        countDown(left, TURN, [
          ...turn(columns),
          ...[...rowAddresses, sumAddress].map((local) => advance(local, i32.constant(TURN))),
        ]),
        ...nextRows(ROWS, given.a, given.stride),
      ]),
    ];
  });
}

/** What is done at each vector of a turn. */
function turn(columns: (offset: number) => Code[]): Code[] {
  return times(TURN / VECTOR, (n) => columns(n * VECTOR)).flat();
}

/** One entry of a vector for each row of a group. */
function loadRows({ bytes, loadEach }: Lanes, vectors: readonly Local[], source: Local): Code[] {
  return [
    ...vectors.map((vector, r) => set(vector, loadEach(get(source), r * bytes))),
    advance(source, i32.constant(vectors.length * bytes)),
  ];
}

function startRows(rowAddresses: readonly Local[], a: Local, stride: Local): Code[] {
  return rowAddresses.map((row, r) => set(row, r === 0 ? get(a) : i32.add(get(at(rowAddresses, r - 1)), get(stride))));
}

function nextRows(count: number, a: Local, stride: Local): Code[] {
  return times(count, () => set(a, i32.add(get(a), get(stride))));
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function at(locals: readonly Local[], index: number): Local {
  return locals[index] as Local;
}
