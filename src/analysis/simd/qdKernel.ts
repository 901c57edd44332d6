import { kernel, type Kernel } from './assemble';
import { advance, countDown, f64, f64x2, get, i32, set, type Code, type Local } from './instructions';

const { add, divide, lesser, multiply, subtract } = f64x2;
const FLOAT64 = 8;

/** What a sweep keeps from row to row, as it lies in memory. */
export const SWEEP_STATE = ['shift', 'pivot', 'least', 'before', 'beforeTwo', 'lastOff', 'leastOff'] as const;

type Array = 'q' | 'e' | 'nextQ' | 'nextE' | 'state';

/**
 * `count` rows of a sweep of the differential quotient-difference algorithm, see ../qdSweep.ts. All but `count` are
 * addresses; at `state` lie the numbers of {@link SWEEP_STATE} before and after. What counts is a minimum without a branch,
 * which scalars do not have, where a processor would often guess wrong.
 */
export const qdRows = sweepKernel('qdRows', ['']);

/**
 * The same for two matrices at once. A row waits for the division of the row before, so two take as long as one.
 */
export const qdRowsOfTwo = sweepKernel('qdRowsOfTwo', ['', 'B']);

/** Each half of a pair belongs to one of two matrices; both to the only one. */
function sweepKernel<S extends string>(name: string, matrices: readonly S[]): Kernel {
  const names = (array: Array): readonly `${Array}${S}`[] => matrices.map((matrix) => `${array}${matrix}` as const);
  const arrays = (['q', 'e', 'nextQ', 'nextE', 'state'] as const).flatMap(names);
  return kernel(name, ['count', ...arrays], (given, variables) => {
    const addresses = (array: Array): Local[] => names(array).map((one) => given[one]);
    const load = (array: Array, offset = 0): Code => {
      const [first, second] = addresses(array) as [Local, Local?];
      const twice = f64x2.loadEach(get(first), offset);
      return second === undefined ? twice : f64x2.loadLane(get(second), twice, 1, offset);
    };
    const store = (array: Array, value: Local, offset = 0): Code[] =>
      addresses(array).map((address, lane) =>
        f64.store(get(address), f64x2.lane(get(value), lane === 0 ? 0 : 1), offset),
      );
    const state = SWEEP_STATE.map(() => variables.vector());
    const [shift, pivot, least, before, beforeTwo, lastOff, leastOff] = state as [
      ...[Local, Local, Local, Local, Local, Local, Local],
    ];
    const [off, sum] = [variables.vector(), variables.vector()];
    return [
      ...state.map((local, index) => set(local, load('state', index * FLOAT64))),
      countDown(given.count, 1, [
        set(off, load('e')),
        set(sum, add(get(pivot), get(off))),
        // The next row waits for the pivot: its product does not wait for a quotient first.
        set(pivot, subtract(divide(multiply(get(pivot), load('q', FLOAT64)), get(sum)), get(shift))),
        set(off, multiply(get(off), divide(load('q', FLOAT64), get(sum)))),
        ...store('nextQ', sum),
        ...store('nextE', off),
        set(beforeTwo, get(before)),
        set(before, get(least)),
        // A pivot that is not a number is kept: all that follow are none either.
        set(least, lesser(get(pivot), get(least))),
        set(leastOff, lesser(get(leastOff), get(lastOff))),
        set(lastOff, get(off)),
        ...(['q', 'e', 'nextQ', 'nextE'] as const)
          .flatMap(addresses)
          .map((address) => advance(address, i32.constant(FLOAT64))),
      ]),
      ...state.flatMap((local, index) => store('state', local, index * FLOAT64)),
    ];
  });
}
