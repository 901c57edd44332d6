import { kernel } from './assemble';
import { COLUMNS, ROWS } from './bidiagonalKernels';
import { advance, countDown, f64, f64x2, get, i32, set, type Code, type Local } from './instructions';

const { add, multiply, subtract } = f64x2;

const FLOAT64 = 8;
const PAIR = 2 * FLOAT64;
const GROUP = COLUMNS * FLOAT64;

/** x · y over `width` bytes, whole groups of columns. Two sums, so that an addition need not wait for the last. */
export const dot = kernel(
  'dot',
  ['width', 'x', 'y'],
  (given, variables) => {
    const [even, odd] = [variables.pair(), variables.pair()];
    const term = (sum: Local, offset: number): Code =>
      set(sum, add(get(sum), multiply(f64x2.load(get(given.x), offset), f64x2.load(get(given.y), offset))));
    return [
      set(even, f64x2.zero()),
      set(odd, f64x2.zero()),
      countDown(given.width, GROUP, [
        ...[term(even, 0), term(odd, PAIR)],
        ...[advance(given.x, i32.constant(GROUP)), advance(given.y, i32.constant(GROUP))],
      ]),
      set(even, add(get(even), get(odd))),
      f64.add(f64x2.lane(get(even), 0), f64x2.lane(get(even), 1)),
    ];
  },
  { returns: true },
);

/** out = α x + β y over `width` bytes, whole groups of columns. `out` may be x or y. */
export const combine = kernel(
  'combine',
  ['width', 'out', 'x', 'y'],
  (given, variables) => {
    const [alpha, beta] = [variables.pair(), variables.pair()];
    const term = (offset: number): Code => {
      const [x, y] = [f64x2.load(get(given.x), offset), f64x2.load(get(given.y), offset)];
      return f64x2.store(get(given.out), add(multiply(get(alpha), x), multiply(get(beta), y)), offset);
    };
    return [
      set(alpha, f64x2.twice(get(given.alpha))),
      set(beta, f64x2.twice(get(given.beta))),
      countDown(given.width, GROUP, [
        ...[term(0), term(PAIR)],
        ...[given.out, given.x, given.y].map((address) => advance(address, i32.constant(GROUP))),
      ]),
    ];
  },
  { numbers: ['alpha', 'beta'] },
);

/** out = a − α p − β q, where `stride` bytes lie from one entry of a to the next; `rows` is a count in fours. */
export const columnMinus = kernel(
  'columnMinus',
  ['rows', 'a', 'stride', 'p', 'q', 'out'],
  (given, variables) => {
    const [alpha, beta, x] = [variables.pair(), variables.pair(), variables.pair()];
    const two = (offset: number): Code[] => [
      set(x, f64x2.loadTwice(get(given.a))),
      advance(given.a, get(given.stride)),
      set(x, f64x2.loadSecond(get(given.a), get(x))),
      advance(given.a, get(given.stride)),
      set(x, subtract(get(x), multiply(get(alpha), f64x2.load(get(given.p), offset)))),
      set(x, subtract(get(x), multiply(get(beta), f64x2.load(get(given.q), offset)))),
      f64x2.store(get(given.out), get(x), offset),
    ];
    return [
      set(alpha, f64x2.twice(get(given.alpha))),
      set(beta, f64x2.twice(get(given.beta))),
      countDown(given.rows, 1, [
        ...[...two(0), ...two(PAIR)],
        ...[given.p, given.q, given.out].map((address) => advance(address, i32.constant(ROWS * FLOAT64))),
      ]),
    ];
  },
  { numbers: ['alpha', 'beta'] },
);
