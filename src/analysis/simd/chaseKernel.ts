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
 * for {@link CHASE_VECTORS} vectors of `room` bytes, each with some zeros after `width` entries.
 */
export function clearRow(lanes: Lanes): Kernel {
  const { bytes, loadOne, storeOne } = lanes;
  const columnBytes = (count: Code): Code =>
    i32.and(i32.add(i32.multiply(count, i32.constant(bytes)), i32.constant(TURN - 1)), i32.constant(-TURN));
  const entries = (count: Code): Code => i32.multiply(count, i32.constant(bytes));
  const rowGroups = (count: Code): Code => i32.shiftRight(i32.add(count, i32.constant(ROWS - 1)), Math.log2(ROWS));

  return kernel(
    'clearRow',
    ['row', 'rows', 'cols', 'width', 'base', 'stride', 'free', 'room'],
    ({ row, rows, cols, width, base, stride, free, room }, variables, call) => {
      const vector = (): Local => variables.counter();
      // Of the block on the diagonal: right reflector I − γ u uᵀ and s = γ A u, left one I − β v vᵀ and w = β Aᵀ v.
      const [u, v, s, w] = [vector(), vector(), vector(), vector()];
      // The same of the block above, whose left reflector is still to be applied to these columns.
      const [sAbove, vAbove, wAbove, uBeside, wBeside] = [vector(), vector(), vector(), vector(), vector()];
      // Of two blocks: A u, and then Aᵀ v, when the first is no longer needed.
      const products = vector();
      const [first, count, height, above, beside] = [vector(), vector(), vector(), vector(), vector()];
      const [block, upper, other] = [vector(), vector(), vector()];
      const [superdiagonal, corner, u0, v0] = [...Array.from({ length: 4 }, () => variables.number())] as [
        ...[Local, Local, Local, Local],
      ];
      const [alpha, beta, gamma] = [variables.number(), variables.number(), variables.number()];

      const entry = (i: Local, j: Local): Code =>
        i32.add(get(base), i32.add(i32.multiply(get(i), get(stride)), entries(get(j))));
      /** Zeros after the last entry, up to a whole turn. */
      const endAt = (x: Local, length: Local): Code =>
        call('zeros', i32.add(get(x), entries(get(length))), i32.add(get(x), columnBytes(get(length))));
      const exchange = (a: Local, b: Local): Code[] => [set(other, get(a)), set(a, get(b)), set(b, get(other))];
      /** x = α x + β y */
      const combine = (length: Local, out: Local, x: Code, y: Code, factorX: Code, factorY: Code): Code[] => [
        call('combine', columnBytes(get(length)), get(out), x, y, factorX, factorY),
        endAt(out, length),
      ];
      const [one, zero] = [f64.constant(1), f64.constant(0)];
      const measureHeight = set(
        height,
        i32.larger(i32.constant(0), i32.lesser(get(count), i32.subtract(get(rows), get(first)))),
      );

      return [
        ...[u, v, s, w, sAbove, vAbove, wAbove, uBeside, wBeside].flatMap((local) => [
          set(local, get(free)),
          advance(free, get(room)),
        ]),
        set(products, get(free)),

        set(first, i32.add(get(row), i32.constant(1))),
        set(count, i32.lesser(get(width), i32.subtract(get(cols), get(first)))),
        measureHeight,
        set(block, entry(row, first)),
        ...combine(count, u, get(block), get(block), one, zero),
        set(corner, call('reflect', columnBytes(get(count)), get(u), get(u))),
        set(superdiagonal, get(corner)),
        set(above, i32.constant(0)),
        set(block, entry(first, first)),
        set(upper, get(block)),
        whileAll([
          [
            i32.add(get(above), get(height)),
            [
              call(
                'timesVector',
                ...[rowGroups(i32.add(get(above), get(height))), columnBytes(get(count))],
                ...[get(upper), get(stride), get(u), get(products)],
              ),
              set(u0, loadOne(get(u))),
              set(gamma, reflectorScale(get(corner), get(u0))),
              when(get(above), [
                set(beta, call('dot', columnBytes(get(count)), get(wAbove), get(u))),
                ...combine(
                  ...[above, sAbove, get(products), get(vAbove)],
                  ...[get(gamma), f64.negative(f64.multiply(get(gamma), get(beta)))],
                ),
                call(
                  'subtractPair',
                  ...[rowGroups(get(above)), columnBytes(get(count)), get(upper), get(stride)],
                  ...[get(vAbove), get(sAbove), get(wAbove), get(u)],
                ),
                call('zeros', get(upper), i32.add(get(upper), entries(get(count)))),
                storeOne(get(upper), get(corner)),
              ]),
            ],
          ],
          [
            get(height),
            [
              set(other, i32.add(get(products), entries(get(above)))),
              ...combine(height, s, get(other), get(other), get(gamma), zero),
              call(
                'columnMinus',
                ...[rowGroups(get(height)), get(block), get(stride), get(s), get(s), get(v), get(u0), zero],
              ),
              endAt(v, height),
              set(alpha, call('reflect', columnBytes(get(height)), get(v), get(v))),
              set(v0, loadOne(get(v))),
              set(beta, reflectorScale(get(alpha), get(v0))),
              set(beside, i32.lesser(get(width), i32.subtract(i32.subtract(get(cols), get(first)), get(count)))),
              set(other, columnBytes(i32.add(get(count), get(beside)))),
              call('zeros', get(products), i32.add(get(products), get(other))),
              call('accumulate', rowGroups(get(height)), get(other), get(block), get(stride), get(v), get(products)),
              ...combine(
                ...[count, w, get(products), get(u), get(beta)],
                f64.negative(f64.multiply(get(beta), call('dot', columnBytes(get(height)), get(s), get(v)))),
              ),
              call(
                'subtractPair',
                ...[rowGroups(get(height)), columnBytes(get(count)), get(block), get(stride)],
                ...[get(v), get(s), get(w), get(u)],
              ),
              storeOne(get(block), get(alpha)),
              set(other, get(height)),
              whileAll([
                [
                  set(other, i32.subtract(get(other), i32.constant(1))).concat(get(other)),
                  [advance(block, get(stride)), storeOne(get(block), zero)],
                ],
              ]),
            ],
          ],
          [
            get(beside),
            [
              set(other, i32.add(get(products), entries(get(count)))),
              ...combine(beside, wBeside, get(other), get(other), get(beta), zero),
              set(upper, entry(first, first)),
              set(first, i32.add(get(first), get(count))),
              set(upper, i32.add(get(upper), entries(get(count)))),
              set(block, entry(first, first)),
              ...combine(beside, uBeside, get(upper), get(wBeside), one, f64.negative(get(v0))),
              set(corner, call('reflect', columnBytes(get(beside)), get(uBeside), get(uBeside))),
              ...[...exchange(u, uBeside), ...exchange(v, vAbove), ...exchange(wAbove, wBeside)],
              set(above, get(height)),
              set(count, get(beside)),
              measureHeight,
            ],
          ],
        ]),
        get(superdiagonal),
      ];
    },
    { returns: true },
  );
}
