import { kernel, type Kernel } from './assemble';
import { ROWS } from './bidiagonalKernels';
import { advance, countDown, get, i32, set, type Code, type Local } from './instructions';
import { TURN, VECTOR, type Lanes } from './lanes';

/** What goes between the passes over a matrix, with vectors of one precision. */
export function vectorKernels(lanes: Lanes): Kernel[] {
  return [dot(lanes), largest(lanes), combine(lanes), columnMinus(lanes)];
}

/** x · y over `width` bytes, whole turns. Two sums, so that an addition need not wait for the last. */
function dot({ add, load, multiply, total, zero }: Lanes): Kernel {
  return kernel(
    'dot',
    ['width', 'x', 'y'],
    (given, variables) => {
      const [even, odd] = [variables.vector(), variables.vector()];
      const term = (sum: Local, offset: number): Code =>
        set(sum, add(get(sum), multiply(load(get(given.x), offset), load(get(given.y), offset))));
      return [
        set(even, zero()),
        set(odd, zero()),
        countDown(given.width, TURN, [
          ...[term(even, 0), term(odd, VECTOR)],
          ...[advance(given.x, i32.constant(TURN)), advance(given.y, i32.constant(TURN))],
        ]),
        set(even, add(get(even), get(odd))),
        total(even),
      ];
    },
    { returns: true },
  );
}

/** The largest |x| of `width` bytes, whole turns; NaN where one is. */
function largest({ absolute, larger, largest: largestLane, load, zero }: Lanes): Kernel {
  return kernel(
    'largest',
    ['width', 'x'],
    (given, variables) => {
      const most = variables.vector();
      const term = (offset: number): Code => set(most, larger(get(most), absolute(load(get(given.x), offset))));
      return [
        set(most, zero()),
        countDown(given.width, TURN, [...[term(0), term(VECTOR)], advance(given.x, i32.constant(TURN))]),
        largestLane(most),
      ];
    },
    { returns: true },
  );
}

/** out = α x + β y over `width` bytes, whole turns. `out` may be x or y. */
function combine({ add, each, load, multiply, store }: Lanes): Kernel {
  return kernel(
    'combine',
    ['width', 'out', 'x', 'y'],
    (given, variables) => {
      const [alpha, beta] = [variables.vector(), variables.vector()];
      const term = (offset: number): Code => {
        const [x, y] = [load(get(given.x), offset), load(get(given.y), offset)];
        return store(get(given.out), add(multiply(get(alpha), x), multiply(get(beta), y)), offset);
      };
      return [
        set(alpha, each(get(given.alpha))),
        set(beta, each(get(given.beta))),
        countDown(given.width, TURN, [
          ...[term(0), term(VECTOR)],
          ...[given.out, given.x, given.y].map((address) => advance(address, i32.constant(TURN))),
        ]),
      ];
    },
    { numbers: ['alpha', 'beta'] },
  );
}

/** out = a − α p − β q, where `stride` bytes lie from one entry of a to the next; `rows` is a count in fours. */
function columnMinus({ bytes, each, load, loadEach, loadLane, multiply, store, subtract }: Lanes): Kernel {
  return kernel(
    'columnMinus',
    ['rows', 'a', 'stride', 'p', 'q', 'out'],
    (given, variables) => {
      const [alpha, beta, x] = [variables.vector(), variables.vector(), variables.vector()];
      const next = advance(given.a, get(given.stride));
      const vector = (offset: number): Code[] => [
        ...[set(x, loadEach(get(given.a))), next],
        ...Array.from({ length: VECTOR / bytes - 1 }, (_, n) => [
          set(x, loadLane(get(given.a), get(x), n + 1)),
          next,
        ]).flat(),
        set(x, subtract(get(x), multiply(get(alpha), load(get(given.p), offset)))),
        set(x, subtract(get(x), multiply(get(beta), load(get(given.q), offset)))),
        store(get(given.out), get(x), offset),
      ];
      const group = ROWS * bytes;
      return [
        set(alpha, each(get(given.alpha))),
        set(beta, each(get(given.beta))),
        countDown(given.rows, 1, [
          ...Array.from({ length: group / VECTOR }, (_, n) => vector(n * VECTOR)).flat(),
          ...[given.p, given.q, given.out].map((address) => advance(address, i32.constant(group))),
        ]),
      ];
    },
    { numbers: ['alpha', 'beta'] },
  );
}
