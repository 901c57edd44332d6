import { kernel, type Kernel } from './assemble';
import { advance, countDown, f64, get, i32, set, when, whileAll, type Code } from './instructions';
import type { Lanes } from './lanes';

/** Zeros, and Householder reflectors of vectors of one precision, as ../householder.ts makes them. */
export function reflectKernels(lanes: Lanes): Kernel[] {
  return [zeros(lanes), columnOfZeros(lanes), reflect(lanes)];
}

/** β of the reflector whose v starts with `v1`; 0 for the identity. */
export function reflectorScale(alpha: Code, v1: Code): Code {
  const inverse = f64.divide(f64.constant(-1), f64.multiply(alpha, v1));
  return f64.choice(f64.isEqual(v1, f64.constant(0)), f64.constant(0), inverse);
}

/** Zeros from an address up to another. */
function zeros({ bytes, storeOne }: Lanes): Kernel {
  return kernel('zeros', ['from', 'to'], ({ from, to }) => [
    whileAll([
      [i32.isLess(get(from), get(to)), [storeOne(get(from), f64.constant(0)), advance(from, i32.constant(bytes))]],
    ]),
  ]);
}

/** Zeros down a column of `rows` entries, `stride` bytes from one to the next; at least one. */
function columnOfZeros({ storeOne }: Lanes): Kernel {
  return kernel('columnOfZeros', ['rows', 'a', 'stride'], ({ rows, a, stride }) => [
    countDown(rows, 1, [storeOne(get(a), f64.constant(0)), advance(a, get(stride))]),
  ]);
}

/**
 * Makes v, in place, of the vector that begins at `first` and returns α. The `width` bytes from `start`, whole turns, hold
 * the vector and zeros.
 */
function reflect({ loadOne, negligibleSquares, storeOne }: Lanes): Kernel {
  return kernel(
    'reflect',
    ['width', 'start', 'first'],
    ({ width, start, first }, variables, call) => {
      const [x, tail, alpha, norm] = [variables.number(), variables.number(), variables.number(), variables.number()];
      const isNegligible = variables.counter();
      return [
        set(x, loadOne(get(first))),
        storeOne(get(first), f64.constant(0)),
        set(tail, call('dot', get(width), get(start), get(start))),
        set(isNegligible, f64.isLess(get(tail), f64.constant(negligibleSquares))),
        when(get(isNegligible), [call('zeros', get(start), i32.add(get(start), get(width))), set(alpha, get(x))]),
        when(i32.isZero(get(isNegligible)), [
          set(norm, f64.root(f64.add(f64.multiply(get(x), get(x)), get(tail)))),
          set(alpha, f64.choice(f64.isLess(f64.constant(0), get(x)), f64.negative(get(norm)), get(norm))),
          storeOne(get(first), f64.subtract(get(x), get(alpha))),
        ]),
        get(alpha),
      ];
    },
    { returns: true },
  );
}
