import { kernel, type Kernel } from './assemble';
import { ROWS } from './bidiagonalKernels';
import { advance, f64, get, i32, set, when, whileAll, type Code, type Local } from './instructions';
import { TURN, type Lanes } from './lanes';
import { reflectorScale } from './reflectKernels';

/** Vectors that {@link clearRow} keeps, one of which is of two blocks and counts twice. */
export const CHASE_VECTORS = 11;

/**
 * Clears row `row` of an upper band matrix right of the superdiagonal, whose entry it returns, and chases the bulge, see
 * ../bandBidiagonal.ts. `base` is the address of entry [0, 0], `stride` bytes lie between rows; from `free` there is room
 * for {@link CHASE_VECTORS} vectors of `room` bytes, which is more than `width` entries by whole groups of rows and columns.
 */
export function clearRow(lanes: Lanes): Kernel {
  const { loadOne, storeOne } = lanes;
  const [one, zero] = [f64.constant(1), f64.constant(0)];
  const bytes = (count: Code): Code => i32.multiply(count, i32.constant(lanes.bytes));
  /** Bytes of whole turns. */
  const turns = (count: Code): Code => i32.and(i32.add(bytes(count), i32.constant(TURN - 1)), i32.constant(-TURN));
  const rowGroups = (count: Code): Code => i32.shiftRight(i32.add(count, i32.constant(ROWS - 1)), Math.log2(ROWS));

  return kernel(
    'clearRow',
    ['row', 'rows', 'cols', 'width', 'base', 'stride', 'free', 'room'],
    ({ row, rows, cols, width, base, stride, free, room }, variables, call) => {
      // Of the block on the diagonal: right reflector I − γ u uᵀ and s = γ A u, left one I − β v vᵀ and w = β Aᵀ v. Of
      // the block above the same: its left reflector is still to be applied to these columns. Of the one beside: its u
      // and the w of these rows.
      const vectors = variables.counters('u', 'v', 's', 'w', 'sAbove', 'vAbove', 'wAbove', 'uBeside', 'wBeside');
      const { u, v, s, w, sAbove, vAbove, wAbove, uBeside, wBeside } = vectors;
      // Of two blocks: A u, and then, when that is no longer needed, Aᵀ v. After all others.
      const { products } = variables.counters('products');
      // The block has `height` rows and `count` columns from entry [first, first] on, which lies at `block`; `above` rows
      // from `upper` on lie above it, `beside` columns beside it.
      const { first, count, height, above, beside } = variables.counters('first', 'count', 'height', 'above', 'beside');
      const { block, upper, place } = variables.counters('block', 'upper', 'place');
      // What is left of the row, of those of the blocks in turn, and of the block's first column.
      const { superdiagonal, corner, alpha } = variables.numbers('superdiagonal', 'corner', 'alpha');
      const { u0, v0, beta, gamma } = variables.numbers('u0', 'v0', 'beta', 'gamma');

      const entry = (i: Local, j: Local): Code =>
        i32.add(get(base), i32.add(i32.multiply(get(i), get(stride)), bytes(get(j))));
      /** Zeros after the last entry, up to a whole turn. */
      const endAt = (x: Local, length: Local): Code =>
        call('zeros', i32.add(get(x), bytes(get(length))), i32.add(get(x), turns(get(length))));
      /** out = a x + b y, and zeros. */
      const combine = (length: Local, out: Local, a: Code, x: Code, b: Code, y: Code): Code[] => [
        call('combine', turns(get(length)), get(out), x, y, a, b),
        endAt(out, length),
      ];
      const minusProduct = (a: Code, b: Code): Code => f64.negative(f64.multiply(a, b));
      const reflect = (length: Local, x: Local): Code => call('reflect', turns(get(length)), get(x), get(x));
      const dot = (length: Local, x: Local, y: Local): Code => call('dot', turns(get(length)), get(x), get(y));
      /** Some rows of these columns, from an address on, less v wᵀ + s uᵀ. */
      const subtract = (length: Local, from: Local, vs: Local, ss: Local, ws: Local): Code =>
        call(
          'subtractPair',
          ...[rowGroups(get(length)), turns(get(count)), get(from), get(stride)],
          ...[get(vs), get(ss), get(ws), get(u)],
        );
      const exchange = (x: Local, y: Local): Code[] => [set(place, get(x)), set(x, get(y)), set(y, get(place))];
      /** Bytes of the block's rows and of those beside. */
      const wholeWidth = turns(i32.add(get(count), get(beside)));
      const measure = set(
        height,
        i32.larger(i32.constant(0), i32.lesser(get(count), i32.subtract(get(rows), get(first)))),
      );

      const begin = [
        ...Object.values(vectors).flatMap((vector) => [set(vector, get(free)), advance(free, get(room))]),
        set(products, get(free)),
        set(first, i32.add(get(row), i32.constant(1))),
        set(count, i32.lesser(get(width), i32.subtract(get(cols), get(first)))),
        measure,
        set(above, i32.constant(0)),
        set(place, entry(row, first)),
        ...combine(count, u, one, get(place), zero, get(place)),
        set(corner, reflect(count, u)),
        set(superdiagonal, get(corner)),
        set(block, entry(first, first)),
        set(upper, get(block)),
      ];

      // A u of all rows; those above are done then: A −= v wᵀ + s uᵀ with s = γ (A u − (w · u) v).
      const reflectAbove = [
        call(
          'timesVector',
          ...[rowGroups(i32.add(get(above), get(height))), turns(get(count))],
          ...[get(upper), get(stride), get(u), get(products)],
        ),
        set(u0, loadOne(get(u))),
        set(gamma, reflectorScale(get(corner), get(u0))),
        when(get(above), [
          ...combine(
            ...[above, sAbove, get(gamma), get(products)],
            ...[minusProduct(get(gamma), dot(count, wAbove, u)), get(vAbove)],
          ),
          subtract(above, upper, vAbove, sAbove, wAbove),
          call('zeros', get(upper), i32.add(get(upper), bytes(get(count)))),
          storeOne(get(upper), get(corner)),
        ]),
      ];

      // The left reflector clears the first column: A −= v wᵀ + s uᵀ with w = β (Aᵀ v − (s · v) u).
      const reflectBlock = [
        set(place, i32.add(get(products), bytes(get(above)))),
        ...combine(height, s, get(gamma), get(place), zero, get(place)),
        call(
          'columnMinus',
          ...[rowGroups(get(height)), get(block), get(stride), get(s), get(s), get(v), get(u0), zero],
        ),
        endAt(v, height),
        set(alpha, reflect(height, v)),
        set(v0, loadOne(get(v))),
        set(beta, reflectorScale(get(alpha), get(v0))),
        set(beside, i32.lesser(get(width), i32.subtract(i32.subtract(get(cols), get(first)), get(count)))),
        call('zeros', get(products), i32.add(get(products), wholeWidth)),
        call('accumulate', rowGroups(get(height)), wholeWidth, get(block), get(stride), get(v), get(products)),
        ...combine(...[count, w, get(beta), get(products)], ...[minusProduct(get(beta), dot(height, s, v)), get(u)]),
        subtract(height, block, v, s, w),
        call('columnOfZeros', get(height), get(block), get(stride)),
        storeOne(get(block), get(alpha)),
      ];

      // It fills the block beside, whose first row the next right reflector clears.
      const moveOn = [
        set(place, i32.add(get(products), bytes(get(count)))),
        ...combine(beside, wBeside, get(beta), get(place), zero, get(place)),
        set(upper, i32.add(get(block), bytes(get(count)))),
        ...combine(beside, uBeside, one, get(upper), f64.negative(get(v0)), get(wBeside)),
        set(corner, reflect(beside, uBeside)),
        ...[...exchange(u, uBeside), ...exchange(v, vAbove), ...exchange(wAbove, wBeside)],
        set(first, i32.add(get(first), get(count))),
        set(block, entry(first, first)),
        set(above, get(height)),
        set(count, get(beside)),
        measure,
      ];

      return [
        ...begin,
        whileAll([
          [i32.add(get(above), get(height)), reflectAbove],
          [get(height), reflectBlock],
          [get(beside), moveOn],
        ]),
        get(superdiagonal),
      ];
    },
    { returns: true },
  );
}
