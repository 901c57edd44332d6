import { kernel, type Kernel, type Variables } from './assemble';
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
      const atOnce = 2;
      const along = variables.counter();
      const [ps, qs, vs] = times(3, () => times(atOnce, () => variables.vector())) as [Local[], Local[], Local[]];
      const [w, u, x, sum] = times(4, () => variables.vector()) as [Local, Local, Local, Local];
      const vector = (local: Local): Code => i32.add(get(local), get(along));
      return [
        set(given.rows, i32.add(get(given.rows), get(given.rows))),
        overRows(lanes, given, variables, {
          atOnce,
          factors: [
            [given.p, ps],
            [given.q, qs],
            [given.v, vs],
          ],
          along: [along, i32.constant(0)],
          columns: (rowAddresses, offset) => [
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
          ],
        }),
      ];
    },
  );
}

/** dots = A u. */
function timesVector(lanes: Lanes): Kernel {
  const { add, bytes, load, multiply, storeTotals, zero } = lanes;
  return kernel('timesVector', ['rows', 'width', 'a', 'stride', 'u', 'dots'], (given, variables) => {
    const uAddress = variables.counter();
    const sums = times(ROWS, () => variables.vector()) as [Local, Local, Local, Local];
    const u = variables.vector();
    return [
      overRows(lanes, given, variables, {
        atOnce: ROWS,
        before: sums.map((sum) => set(sum, zero())),
        along: [uAddress, get(given.u)],
        columns: (rowAddresses, offset) => [
          set(u, load(get(uAddress), offset)),
          ...sums.map((sum, r) => set(sum, add(get(sum), multiply(load(get(at(rowAddresses, r)), offset), get(u))))),
        ],
        after: [...storeTotals(given.dots, sums), advance(given.dots, i32.constant(ROWS * bytes))],
      }),
    ];
  });
}

/** A −= p wᵀ + q uᵀ. */
function subtractPair(lanes: Lanes): Kernel {
  const { add, load, multiply, store, subtract } = lanes;
  return kernel('subtractPair', ['rows', 'width', 'a', 'stride', 'p', 'q', 'w', 'u'], (given, variables) => {
    const along = variables.counter();
    const [ps, qs] = times(2, () => times(ROWS, () => variables.vector())) as [Local[], Local[]];
    const [w, u] = times(2, () => variables.vector()) as [Local, Local];
    const vector = (local: Local): Code => i32.add(get(local), get(along));
    return [
      overRows(lanes, given, variables, {
        atOnce: ROWS,
        factors: [
          [given.p, ps],
          [given.q, qs],
        ],
        along: [along, i32.constant(0)],
        columns: (rowAddresses, offset) => [
          set(w, load(vector(given.w), offset)),
          set(u, load(vector(given.u), offset)),
          ...rowAddresses.map((row, r) => {
            const product = add(multiply(get(at(ps, r)), get(w)), multiply(get(at(qs, r)), get(u)));
            return store(get(row), subtract(load(get(row), offset), product), offset);
          }),
        ],
      }),
    ];
  });
}

/** sums += Aᵀ v. */
function accumulate(lanes: Lanes): Kernel {
  const { add, load, multiply, store } = lanes;
  return kernel('accumulate', ['rows', 'width', 'a', 'stride', 'v', 'sums'], (given, variables) => {
    const sumAddress = variables.counter();
    const vs = times(ROWS, () => variables.vector());
    return [
      overRows(lanes, given, variables, {
        atOnce: ROWS,
        factors: [[given.v, vs]],
        along: [sumAddress, get(given.sums)],
        columns: (rowAddresses, offset) => {
          const products = rowAddresses.map((row, r) => multiply(load(get(row), offset), get(at(vs, r))));
          return [store(get(sumAddress), products.reduce(add, load(get(sumAddress), offset)), offset)];
        },
      }),
    ];
  });
}

/** What a pass does with the rows that it takes at once. */
interface Pass {
  readonly atOnce: number;
  /** Vectors that have an entry for each row, and where those of these rows are kept. */
  readonly factors?: readonly (readonly [source: Local, kept: readonly Local[]])[];
  readonly before?: readonly Code[];
  /** What moves along the rows as their addresses do, and where it starts. */
  readonly along: readonly [Local, Code];
  /** At each vector of a turn, `offset` bytes from the addresses. */
  readonly columns: (rowAddresses: readonly Local[], offset: number) => Code[];
  readonly after?: readonly Code[];
}

/** Goes over all rows, some at once, and along them turn by turn; `rows` counts how often. */
function overRows(
  lanes: Lanes,
  { rows, width, a, stride }: Readonly<Record<'rows' | 'width' | 'a' | 'stride', Local>>,
  variables: Variables,
  { atOnce, factors = [], before = [], along: [along, start], columns, after = [] }: Pass,
): Code {
  const rowAddresses = times(atOnce, () => variables.counter());
  const left = variables.counter();
  return countDown(rows, 1, [
    ...rowAddresses.map((row, r) => set(row, r === 0 ? get(a) : i32.add(get(at(rowAddresses, r - 1)), get(stride)))),
    ...factors.flatMap(([source, kept]) => loadRows(lanes, kept, source)),
    ...before,
    set(along, start),
    set(left, get(width)),
    countDown(left, TURN, [
      ...times(TURN / VECTOR, (n) => columns(rowAddresses, n * VECTOR)).flat(),
      ...[...rowAddresses, along].map((local) => advance(local, i32.constant(TURN))),
    ]),
    ...after,
    ...times(atOnce, () => advance(a, get(stride))),
  ]);
}

/** One entry of a vector for each row of a group. */
function loadRows({ bytes, loadEach }: Lanes, vectors: readonly Local[], source: Local): Code[] {
  return [
    ...vectors.map((vector, r) => set(vector, loadEach(get(source), r * bytes))),
    advance(source, i32.constant(vectors.length * bytes)),
  ];
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function at(locals: readonly Local[], index: number): Local {
  return locals[index] as Local;
}
