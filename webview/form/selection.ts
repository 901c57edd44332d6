import { cellKey, type GridShape, type Selection } from '../../src/config/targetChanges';
import type { JsonObject, JsonValue } from '../../src/host/protocol/form';
import { isObject, valueAt } from './values';

export { cellKey, changesFor, ranges, type GridShape, type Selection } from '../../src/config/targetChanges';

/**
 * What `adapter.layers`, `adapter.modules` and `adapter.targets` select, as src/config/targets.ts does, but without
 * complaint: names and layers that the model lacks are passed over, since the plan says so.
 */
export function selectionOf(values: JsonObject, shape: GridShape): Selection {
  const targets = valueAt(values, 'adapter.targets');
  const selected = new Set<string>();
  const known = (modules: JsonValue | undefined): readonly string[] =>
    modules === 'all'
      ? shape.modules
      : shape.modules.filter((name) => Array.isArray(modules) && modules.includes(name));
  if (isObject(targets)) {
    for (const [layer, modules] of Object.entries(targets)) {
      if (Number(layer) < shape.layers)
        for (const module of known(modules)) selected.add(cellKey(Number(layer), module));
    }
    return selected;
  }
  const modules = known(valueAt(values, 'adapter.modules'));
  for (const layer of layersOf(valueAt(values, 'adapter.layers'), shape.layers)) {
    for (const module of modules) selected.add(cellKey(layer, module));
  }
  return selected;
}

/** The layers a pattern means: "0-5,8", "even", "odd", "first 4", "last 4", "all". Undefined when it is none. */
export function layersOfPattern(pattern: string, layerCount: number): number[] | undefined {
  const text = pattern.trim().toLowerCase();
  const all = range(layerCount);
  if (text === 'all') return all;
  if (text === 'even') return all.filter((layer) => layer % 2 === 0);
  if (text === 'odd') return all.filter((layer) => layer % 2 === 1);
  const edge = /^(first|last)\s+(\d+)$/.exec(text);
  if (edge !== null)
    return edge[1] === 'first' ? all.slice(0, Number(edge[2])) : all.slice(-Number(edge[2]) || layerCount);
  const layers = layersOf(text, layerCount);
  return layers.length > 0 && /^\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*$/.test(text) ? layers : undefined;
}

function layersOf(layers: JsonValue | undefined, layerCount: number): number[] {
  const all = range(layerCount);
  if (layers === 'all') return all;
  if (Array.isArray(layers)) return all.filter((layer) => layers.includes(layer));
  if (typeof layers !== 'string') return [];
  const parts = layers.split(',').map((part) => part.split('-').map((text) => Number(text.trim() || NaN)));
  return all.filter((layer) => parts.some(([first = NaN, last = first]) => layer >= first && layer <= last));
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
