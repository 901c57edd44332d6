import { kernel } from './assemble';
import { countDown, f64, f64x2, get, i32, set, type Code, type Local } from './instructions';

const { add, divide, lesser, multiply, subtract } = f64x2;
const FLOAT64 = 8;

/**
 * One sweep of the differential quotient-difference algorithm over `count` + 1 rows, see ../qdSweep.ts. All but `count` are
 * addresses. At `pivots` lie the shift and, when it is done, the least pivot, the least of all but the last, and the least
 * new entry off the diagonal but the last. Both halves of a pair hold the same: what counts is a minimum without a branch,
 * which scalars do not have, where a processor would often guess wrong.
 */
export const qdSweepKernel = kernel('qdSweep', ['count', 'q', 'e', 'nextQ', 'nextE', 'pivots'], (given, variables) => {
  const pairs = Array.from({ length: 9 }, () => variables.pair());
  const [shift, pivot, least, before, off, ratio, sum, lastOff, leastOff] = pairs as [
    ...[Local, Local, Local, Local, Local, Local, Local, Local, Local],
  ];
  const store = (address: Local, value: Local, offset = 0): Code =>
    f64.store(get(address), f64x2.lane(get(value), 0), offset);
  return [
    set(shift, f64x2.loadTwice(get(given.pivots))),
    set(pivot, subtract(f64x2.loadTwice(get(given.q)), get(shift))),
    set(least, get(pivot)),
    set(before, get(pivot)),
    set(lastOff, f64x2.constant(Number.POSITIVE_INFINITY)),
    set(leastOff, f64x2.constant(Number.POSITIVE_INFINITY)),
    countDown(given.count, 1, [
      set(off, f64x2.loadTwice(get(given.e))),
      set(sum, add(get(pivot), get(off))),
      set(ratio, divide(f64x2.loadTwice(get(given.q), FLOAT64), get(sum))),
      set(pivot, subtract(multiply(get(pivot), get(ratio)), get(shift))),
      set(off, multiply(get(off), get(ratio))),
      store(given.nextQ, sum),
      store(given.nextE, off),
      set(before, get(least)),
      // A pivot that is not a number is kept: all that follow are none either.
      set(least, lesser(get(pivot), get(least))),
      set(leastOff, lesser(get(leastOff), get(lastOff))),
      set(lastOff, get(off)),
      ...[given.q, given.e, given.nextQ, given.nextE].map((address) =>
        set(address, i32.add(get(address), i32.constant(FLOAT64))),
      ),
    ]),
    store(given.nextQ, pivot),
    store(given.pivots, least, FLOAT64),
    store(given.pivots, before, 2 * FLOAT64),
    store(given.pivots, leastOff, 3 * FLOAT64),
  ];
});
