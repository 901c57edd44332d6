import type { Change } from './documentEdits';

/** Which linear layers are adapted: a set of "layer/module". */
export type Selection = ReadonlySet<string>;

export interface GridShape {
  readonly layers: number;
  /** Names of the modules of a block, in the model's order. */
  readonly modules: readonly string[];
}

export function cellKey(layer: number, module: string): string {
  return `${layer}/${module}`;
}

/**
 * The changes that write a selection: `layers` and `modules` when it is all combinations of some rows and some columns,
 * else `targets`, layer by layer. The keys that would say something else are taken away.
 */
export function changesFor(selection: Selection, shape: GridShape): Change[] {
  const all = Array.from({ length: shape.layers }, (_, layer) => layer);
  const rows = all.map((layer) => shape.modules.filter((module) => selection.has(cellKey(layer, module))));
  const layers = all.filter((layer) => (rows[layer] ?? []).length > 0);
  const modules = rows[layers[0] ?? 0] ?? [];
  const isProduct = layers.every(
    (layer) => rows[layer]?.length === modules.length && rows[layer].every((name) => modules.includes(name)),
  );
  if (isProduct && modules.length > 0) {
    return [
      { field: 'adapter.targets', remove: true },
      { field: 'adapter.layers', value: layers.length === shape.layers ? 'all' : ranges(layers) },
      { field: 'adapter.modules', value: modules.length === shape.modules.length ? 'all' : modules },
    ];
  }
  const targets = Object.fromEntries(layers.map((layer) => [String(layer), rows[layer] ?? []]));
  return [
    { field: 'adapter.layers', remove: true },
    { field: 'adapter.modules', remove: true },
    { field: 'adapter.targets', value: targets },
  ];
}

/** Numbers as ranges, as `adapter.layers` takes them: [0, 1, 2, 5] → "0-2,5". Expects them ascending. */
export function ranges(numbers: readonly number[]): string {
  const parts: Array<{ first: number; last: number }> = [];
  for (const number of numbers) {
    const part = parts.at(-1);
    if (part !== undefined && part.last + 1 === number) part.last = number;
    else parts.push({ first: number, last: number });
  }
  return parts.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
