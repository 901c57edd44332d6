import type { PlannedModule } from './plan';

/** A linear layer, and the layers of the decoder in which it is planned alike, ascending. */
export interface AlikeModules {
  readonly module: PlannedModule;
  readonly layers: readonly number[];
}

/** Modules that differ in nothing but their layer as one, in the order of the first of each. */
export function alikeModules(modules: readonly PlannedModule[]): AlikeModules[] {
  const groups = new Map<string, { readonly module: PlannedModule; readonly layers: number[] }>();
  for (const module of modules) {
    const { dIn, dOut, rHat, rank, parameters, rankBound, lora } = module;
    const figures = [dIn, dOut, rHat, rank, parameters, rankBound, lora.parameters, lora.rankBound];
    const key = [module.module, ...figures.map(String)].join(' ');
    const group = groups.get(key) ?? { module, layers: [] };
    group.layers.push(module.layer);
    groups.set(key, group);
  }
  return [...groups.values()];
}
