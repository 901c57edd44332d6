import type { AdapterConfiguration } from './schema';
import { UserError } from './userError';

/** A linear layer of the decoder that an adapter may sit on. */
export interface LinearLayer {
  readonly layer: number;
  /** Its name within the block: "q_proj". */
  readonly module: string;
  /** Full name in the checkpoint: "model.layers.0.self_attn.q_proj". */
  readonly name: string;
  readonly dIn: number;
  readonly dOut: number;
}

/** The layer numbers that `adapter.layers` means for a model of `layerCount` layers. Throws UserError beyond the last. */
function selectedLayers(layers: AdapterConfiguration['layers'], layerCount: number): ReadonlySet<number> {
  if (layers === 'all') return new Set(Array.from({ length: layerCount }, (_, layer) => layer));
  const chosen =
    typeof layers === 'string' ? layers.split(',').flatMap((part) => expandRange(part, layerCount)) : layers;
  for (const layer of chosen) {
    if (layer >= layerCount) {
      throw new UserError(
        `"adapter.layers" names layer ${layer}, but the model has layers 0 to ${layerCount - 1}; remove it.`,
      );
    }
  }
  return new Set(chosen);
}

/** The linear layers that the adapter configuration selects, in the model's order. Throws UserError if none. */
export function selectTargets(adapter: AdapterConfiguration, linears: readonly LinearLayer[]): LinearLayer[] {
  const layerCount = Math.max(0, ...linears.map((linear) => linear.layer + 1));
  const known = new Set(linears.map((linear) => linear.module));
  const checkModule = (module: string, field: string): void => {
    if (!known.has(module)) {
      throw new UserError(
        `"${field}" names ${module}, but the model has ${[...known].join(', ')}; choose among these.`,
      );
    }
  };
  let chosen: LinearLayer[];
  if (adapter.targets !== null) {
    const { targets } = adapter;
    for (const [layer, modules] of Object.entries(targets)) {
      selectedLayers([Number(layer)], layerCount);
      for (const module of modules) checkModule(module, `adapter.targets.${layer}`);
    }
    chosen = linears.filter((linear) => targets[String(linear.layer)]?.includes(linear.module) ?? false);
  } else {
    const layers = selectedLayers(adapter.layers, layerCount);
    const { modules } = adapter;
    if (modules !== 'all') for (const module of modules) checkModule(module, 'adapter.modules');
    chosen = linears.filter(
      (linear) => layers.has(linear.layer) && (modules === 'all' || modules.includes(linear.module)),
    );
  }
  if (chosen.length === 0)
    throw new UserError('"adapter" selects no layer at all; choose at least one layer and one module.');
  return chosen;
}

// A range can be wider than any model; it is cut just past the last layer so that the error can name that one.
function expandRange(part: string, layerCount: number): number[] {
  const [first, last] = part.split('-').map((text) => Number(text.trim()));
  if (first === undefined) return [];
  const end = Math.min(last ?? first, layerCount);
  return first > end ? [first] : Array.from({ length: end - first + 1 }, (_, index) => first + index);
}
