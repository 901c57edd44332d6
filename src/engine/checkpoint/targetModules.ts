import type { LinearLayer } from '../../config/targets';

/** How PEFT is told which linear layers have an adapter. */
export interface TargetModules {
  /** Names within a block, or full paths. */
  readonly target_modules: readonly string[];
  /** Layers that the names apply to; null for all. PEFT ignores it for full paths. */
  readonly layers_to_transform: readonly number[] | null;
}

/**
 * Names the adapted layers as PEFT understands them: module names, with the list of layers unless all have them; or,
 * where layers differ in their modules, the full path of each, which PEFT takes as well.
 */
export function targetModules(adapted: readonly LinearLayer[], layerCount: number): TargetModules {
  const modulesOf = new Map<number, string[]>();
  for (const { layer, module } of adapted) modulesOf.set(layer, [...(modulesOf.get(layer) ?? []), module]);
  const modules = [...new Set(adapted.map(({ module }) => module))].sort();
  const regular = [...modulesOf.values()].every((own) => own.length === modules.length);
  if (!regular) return { target_modules: adapted.map(({ name }) => name).sort(), layers_to_transform: null };
  const layers = [...modulesOf.keys()].sort((a, b) => a - b);
  return { target_modules: modules, layers_to_transform: layers.length === layerCount ? null : layers };
}
