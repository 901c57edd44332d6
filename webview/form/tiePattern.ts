import { MORA_MODES, type MoraMode } from '../../src/config/mode';

/** An entry of M and how much of it an entry of ΔW takes. */
export interface TiedEntry {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** ΔW as it is made of M: for each entry [output][input], the entries of M it consists of; none where ΔW is zero. */
export type TiePattern = ReadonlyArray<ReadonlyArray<readonly TiedEntry[]>>;

/** Base of the rotation angles (paper Eq. 10, as in RoPE). */
const ROTATION_BASE = 10_000;

/** How a mode spreads an r̂ × r̂ matrix M over ΔW of dOut × dIn, by the index rules of the official code. */
export function tiePattern(mode: MoraMode, dIn: number, dOut: number, rHat: number): TiePattern {
  return MORA_MODES[mode].type === 6 ? rotationPattern(dIn, dOut, rHat) : sharingPattern(mode, dIn, dOut, rHat);
}

/**
 * Types 1 to 4: ΔW[i, j] = M[row(i), col(j)] with strided groups (mod r̂) or contiguous runs. Strided inputs are padded
 * with the first inputs again, so those take a second entry.
 */
function sharingPattern(mode: MoraMode, dIn: number, dOut: number, rHat: number): TiePattern {
  const { type } = MORA_MODES[mode];
  const stridedOut = type === 1 || type === 3;
  const stridedIn = type === 1 || type === 4;
  const padding = stridedIn ? (rHat - (dIn % rHat)) % rHat : 0;
  return grid(dOut, dIn, (i, j) => {
    const row = stridedOut ? i % rHat : contiguousGroup(i, dOut, rHat);
    const entry = { row, column: stridedIn ? j % rHat : contiguousGroup(j, dIn, rHat), weight: 1 };
    return j < padding ? [entry, { row, column: (dIn + j) % rHat, weight: 1 }] : [entry];
  });
}

/**
 * Type 6: block b of r̂ inputs is rotated by the angles b·θ, then M acts on it, so that ΔW has M·R_b along its diagonal.
 * R_b turns the pairs (k, k + r̂/2). Outputs beyond the blocks repeat them, and the last block wraps to the first inputs.
 */
function rotationPattern(dIn: number, dOut: number, rHat: number): TiePattern {
  const half = rHat / 2;
  const blocks = Math.ceil(dIn / rHat);
  return grid(dOut, dIn, (i, j) => {
    const output = i % (blocks * rHat);
    const block = Math.floor(output / rHat);
    const row = output % rHat;
    const entries: TiedEntry[] = [];
    for (let column = 0; column < rHat; column++) {
      if ((block * rHat + column) % dIn !== j) continue;
      const k = column % half;
      const angle = block * ROTATION_BASE ** ((-2 * k) / rHat);
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      entries.push({ row, column, weight: cos });
      entries.push({ row, column: column < half ? column + half : k, weight: column < half ? sin : -sin });
    }
    return entries.filter(({ weight }) => weight !== 0);
  });
}

/** Which of `groups` contiguous runs holds an index; the first `size mod groups` runs are one longer. */
function contiguousGroup(index: number, size: number, groups: number): number {
  const length = Math.floor(size / groups);
  const longer = size % groups;
  const border = longer * (length + 1);
  return index < border ? Math.floor(index / (length + 1)) : longer + Math.floor((index - border) / length);
}

function grid<Cell>(rows: number, columns: number, cell: (row: number, column: number) => Cell): Cell[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => cell(row, column)));
}
