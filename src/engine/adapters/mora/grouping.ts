import type { MoraGeometry } from '../structure';

/** Strided groups: member j of d belongs to group j mod r̂. Int32Array [d]. */
export function stridedGroups(d: number, rHat: number): Int32Array {
  const groups = new Int32Array(d);
  for (let j = 0; j < d; j++) groups[j] = j % rHat;
  return groups;
}

/** Contiguous groups: runs, of which the first d mod r̂ have ⌊d/r̂⌋ + 1 members and the others ⌊d/r̂⌋. Int32Array [d]. */
export function contiguousGroups(d: number, rHat: number): Int32Array {
  const groups = new Int32Array(d);
  const shortRun = Math.floor(d / rHat);
  const longRuns = d % rHat;
  const boundary = longRuns * (shortRun + 1);
  for (let j = 0; j < d; j++) {
    groups[j] = j < boundary ? Math.floor(j / (shortRun + 1)) : longRuns + Math.floor((j - boundary) / shortRun);
  }
  return groups;
}

/** The column of M that input j shares, for types 1 to 4. Int32Array [dIn]. */
export function inputGroups({ dIn, rHat, type }: MoraGeometry): Int32Array {
  return type === 2 || type === 3 ? contiguousGroups(dIn, rHat) : stridedGroups(dIn, rHat);
}

/** The row of M that output i shares, for types 1 to 4. Int32Array [dOut]. */
export function outputGroups({ dOut, rHat, type }: MoraGeometry): Int32Array {
  return type === 2 || type === 4 ? contiguousGroups(dOut, rHat) : stridedGroups(dOut, rHat);
}

/**
 * How many of the first inputs appear a second time, after the last one, to fill the last block of r̂ (types 1, 4, 6).
 * Input j < wrapPad also belongs to group (dIn + j) mod r̂. 0 for types 2 and 3.
 */
export function wrapPad({ dIn, rHat, type }: MoraGeometry): number {
  return type === 2 || type === 3 ? 0 : (rHat - (dIn % rHat)) % rHat;
}

/** How many members each of the r̂ groups has. Int32Array [r̂]. */
export function groupSizes(groups: Int32Array, rHat: number): Int32Array {
  const sizes = new Int32Array(rHat);
  for (const group of groups) sizes[group] = (sizes[group] as number) + 1;
  return sizes;
}
