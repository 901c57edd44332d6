import { rotary } from '../../graph/ops/position';
import { withDerivative } from '../../graph/ops/derived';
import { once } from '../../graph/once';
import { pad, reshape, slice } from '../../graph/ops/layout';
import { constant, lengthOf, type Value } from '../../graph/value';
import { addWrapped, wrap } from './columnGroups';
import { rotationTables } from './rotation';

/** What blocks of inputs depend on: adapters of one input that agree in it share their turned blocks. */
export interface BlockSizes {
  readonly dIn: number;
  /** r̂, the width of a block. */
  readonly rHat: number;
  /** How many blocks are turned; later ones do not count. */
  readonly used: number;
  /** How many of the first inputs appear again after the last one, to fill the last block. */
  readonly extra: number;
}

/** Blocks turned as rotary position embedding turns heads, block b as at position b; all of them rows of one matrix. */
export interface TurnedBlocks {
  /** R_b x_b of all tokens, x [N, dIn] → [N·used, r̂]. Its derivative turns back. The same value for the same x. */
  of(xND: Value): Value;
  /** Rows m [used·r̂, r̂], each turned back as block b is, whose rows are b·r̂ to (b + 1)·r̂. */
  rowsTurnedBack(m: Value): Value;
}

const known = new Map<string, TurnedBlocks>();

/**
 * The turn of blocks of these sizes, one for all adapters that have them. So gate and up, or keys and values, turn their
 * input once, and the gradients that arrive at its blocks are added up before they are turned back.
 */
export function turnedBlocks(sizes: BlockSizes): TurnedBlocks {
  const { dIn, rHat, used, extra } = sizes;
  const key = [dIn, rHat, used, extra].join();
  const blocks = known.get(key) ?? makeTurnedBlocks(sizes);
  known.set(key, blocks);
  return blocks;
}

function makeTurnedBlocks({ dIn, rHat, used, extra }: BlockSizes): TurnedBlocks {
  const half = rHat / 2;
  const tables = rotationTables(used, rHat);
  const cos = constant([used, half], tables.cos);
  const sin = constant([used, half], tables.sin);
  const back = constant(
    [used, half],
    tables.sin.map((value) => -value),
  );

  /** Rows x [n, r̂] turned by R_b, with a block b for each. With `back` for `sines` they are turned back. */
  const turned = (x: Value, blockOf: (row: number) => number, sines: Value): Value => {
    const count = lengthOf(x.shape, 0);
    const numbers = Array.from({ length: count }, (_, row) => blockOf(row));
    const turns = rotary(reshape(x, [count, 1, rHat]), constant([count, 1], numbers, 'int64'), cos, sines, 1);
    return reshape(turns, [count, rHat]);
  };
  const ofToken = (row: number): number => row % used;
  const wraps = used * rHat > dIn;

  /** The transpose of wrapping and cropping. */
  const unwrapped = (dx: Value): Value =>
    wraps
      ? addWrapped(dx, extra === 0 ? undefined : slice(dx, 1, dIn, dIn + extra), dIn)
      : pad(dx, 1, 0, dIn - used * rHat);

  return {
    of: once((xND) => {
      const tokens = lengthOf(xND.shape, 0);
      // Blocks that nobody reads are not even wrapped.
      const columns = wraps ? wrap(xND, extra) : slice(xND, 1, 0, used * rHat);
      const rows = turned(reshape(columns, [tokens * used, rHat]), ofToken, sin);
      const derivative = (gradient: Value): Value[] => [
        unwrapped(reshape(turned(gradient, ofToken, back), [tokens, used * rHat])),
      ];
      return withDerivative(rows, [xND], derivative, { dear: false });
    }),
    rowsTurnedBack: (m) => turned(m, (row) => Math.floor(row / rHat), back),
  };
}
