import * as l10n from '@vscode/l10n';
import type { Plan, PlannedModule } from '../../src/engine/rpc/plan';
import { ranges } from './selection';

/** A warning that several modules share is said once: where, and what. */
export interface GroupedWarning {
  /** "k_proj, v_proj in layers 0-5"; empty for what concerns the whole plan. */
  readonly where: string;
  readonly text: string;
}

export function groupedWarnings(plan: Plan): readonly GroupedWarning[] {
  const warned = plan.modules.filter(({ selected, warning, error }) => selected && (warning ?? error) !== undefined);
  const byText = groupedBy(warned, ({ warning, error }) => error ?? warning ?? '');
  // The plan lists the warnings of its modules too, each behind the module's name.
  const general = plan.warnings.filter((warning) => ![...byText.keys()].some((text) => warning.endsWith(text)));
  return [
    ...general.map((text) => ({ where: '', text })),
    ...[...byText].map(([text, modules]) => ({ where: placesOf(modules), text })),
  ];
}

/** Modules that are warned of in the same layers are named together. */
function placesOf(modules: readonly PlannedModule[]): string {
  const byModule = groupedBy(modules, ({ module }) => module);
  const byLayers = groupedBy(byModule, ([, places]) => ranges(places.map(({ layer }) => layer)));
  return [...byLayers]
    .map(([layers, names]) => {
      const modules = names.map(([name]) => name).join(', ');
      return /^\d+$/.test(layers)
        ? l10n.t('{0} in layer {1}', modules, layers)
        : l10n.t('{0} in layers {1}', modules, layers);
    })
    .join('; ');
}

function groupedBy<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
