import { Column } from './column';

/** Values, or blocks of the level below, that one block covers. */
const FANOUT = 16;
/** Blocks of the top level cover 16⁵ ≈ 1 M values: a scan over 100 M values still visits only some hundred blocks. */
const LEVELS = 5;

/** No number in the block, only NaN. */
const NONE = -1;

interface Level {
  /** Values that one block covers. */
  readonly size: number;
  /** For each block the index of its least and of its greatest value. */
  readonly least: Column;
  readonly greatest: Column;
}

/** Where the extremes of a range are, as indices into the values. */
export interface Extrema {
  readonly least: number;
  readonly greatest: number;
}

/**
 * Finds the least and the greatest value of any range of an append-only column without a scan: blocks of 16, 16², …
 * values remember theirs. It keeps indices, not values, so that a spike is drawn at the step where it happened.
 */
export class ExtremaPyramid {
  private readonly levels: readonly Level[] = Array.from({ length: LEVELS }, (_, level) => ({
    size: FANOUT ** (level + 1),
    least: new Column(),
    greatest: new Column(),
  }));

  constructor(private readonly values: Column) {}

  /** Takes in the value that was pushed last. */
  append(): void {
    const index = this.values.length - 1;
    const candidate = Number.isNaN(this.values.at(index)) ? NONE : index;
    for (const { size, least, greatest } of this.levels) {
      if (index % size === 0) {
        least.push(candidate);
        greatest.push(candidate);
      } else {
        const block = least.length - 1;
        least.set(block, this.lesser(least.at(block), candidate));
        greatest.set(block, this.greater(greatest.at(block), candidate));
      }
    }
  }

  clear(): void {
    for (const { least, greatest } of this.levels) {
      least.clear();
      greatest.clear();
    }
  }

  /** Extremes of the values in `[from, to)`, NaN left out; undefined when there is no number. */
  extrema(from: number, to: number): Extrema | undefined {
    let least = NONE;
    let greatest = NONE;
    for (let index = from; index < to;) {
      const level = this.widestBlock(index, to);
      if (level === undefined) {
        const candidate = Number.isNaN(this.values.at(index)) ? NONE : index;
        least = this.lesser(least, candidate);
        greatest = this.greater(greatest, candidate);
        index++;
      } else {
        const block = index / level.size;
        least = this.lesser(least, level.least.at(block));
        greatest = this.greater(greatest, level.greatest.at(block));
        index += level.size;
      }
    }
    return least === NONE ? undefined : { least, greatest };
  }

  private widestBlock(index: number, to: number): Level | undefined {
    let widest: Level | undefined;
    for (const level of this.levels) {
      if (index % level.size !== 0 || index + level.size > to) break;
      widest = level;
    }
    return widest;
  }

  private lesser(a: number, b: number): number {
    if (a === NONE || b === NONE) return Math.max(a, b);
    return this.values.at(b) < this.values.at(a) ? b : a;
  }

  private greater(a: number, b: number): number {
    if (a === NONE || b === NONE) return Math.max(a, b);
    return this.values.at(b) > this.values.at(a) ? b : a;
  }
}
