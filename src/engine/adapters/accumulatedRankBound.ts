import { inputFrame, outputFrame, type Frame } from './frames';
import type { AdapterStructure, MoraStructure } from './structure';

/**
 * A bound on the rank of a sum of ΔW with these structures, all of one layer: that of the spaces which their columns and
 * their rows span together. LoRA adds its rank each time. Two groupings of sharing span r̂ + r̂ − c dimensions, where c
 * counts the parts into which both together divide the layer; several share at least the vector of ones. Generic
 * parameters reach it for one and two groupings, and for shuffled ones up to the sides of the layer.
 */
export function accumulatedRankBound(structures: readonly AdapterStructure[]): number {
  const [first] = structures;
  if (first === undefined) return 0;
  const side = Math.min(first.dIn, first.dOut);
  if (structures.length === 1) return first.rankBound;
  if (structures.every((structure) => structure.method === 'mora' && structure.type !== 6)) {
    const sharing = structures.filter((structure): structure is MoraStructure => structure.method === 'mora');
    return Math.min(side, span(sharing.map(outputFrame)), span(sharing.map(inputFrame)));
  }
  return Math.min(
    side,
    structures.reduce((sum, { rankBound }) => sum + rankBound, 0),
  );
}

/** Dimensions that the columns of the frames span, or a bound on them. */
function span(frames: readonly Frame[]): number {
  const distinct = [...new Map(frames.map((frame) => [frame.key, frame])).values()];
  const dimensions = distinct.map(({ length, width }) => Math.min(length, width));
  const sum = dimensions.reduce((a, b) => a + b, 0);
  const partitions = distinct.flatMap(({ partition }) => (partition === undefined ? [] : [partition]));
  const [a, b] = partitions;
  if (a === undefined || b === undefined || partitions.length < distinct.length) return sum;
  return partitions.length === 2 ? sum - commonParts(a, b) : sum - (partitions.length - 1);
}

/** How many connected parts the groups of two partitions form when groups with a common member are joined. */
function commonParts(a: Int32Array, b: Int32Array): number {
  // Groups of a by their number, of b by theirs behind.
  const offset = a.reduce((largest, group) => Math.max(largest, group), 0) + 1;
  const parent = new Map<number, number>();
  const parentOf = (node: number): number => parent.get(node) ?? node;
  const root = (node: number): number => {
    for (let at = node; ; at = parentOf(at)) {
      if (parentOf(at) === at) return at;
      // Halves the path, so that the next walk is short.
      parent.set(at, parentOf(parentOf(at)));
    }
  };
  for (const node of a) parent.set(node, node);
  for (const node of b) parent.set(node + offset, node + offset);
  a.forEach((group, i) => parent.set(root(group), root((b[i] as number) + offset)));
  return [...parent].filter(([node, up]) => node === up).length;
}
