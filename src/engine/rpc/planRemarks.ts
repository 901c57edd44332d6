import { ranges } from '../../config/targetChanges';
import { UserError } from '../../config/userError';
import type { Plan } from './plan';

/** Throws for the first selected module that cannot be adapted as wished. */
export function refuseImpossible(plan: Plan, file: string): void {
  const impossible = plan.modules.find((module) => module.selected && module.error !== undefined);
  if (impossible !== undefined) throw new UserError(`${file}: "adapter" ${impossible.name}: ${impossible.error ?? ''}`);
}

/** What is unwise about a plan, each thing once, with the layers it is said of. */
export function planWarnings({ modules, warnings }: Plan): string[] {
  const remarks = modules.flatMap(({ selected, layer, module, name, warning, error }) => {
    const text = error ?? warning;
    return selected && text !== undefined ? [{ layer, module, name, text }] : [];
  });
  const ofModules = new Set(remarks.map(({ name, text }) => `${name}: ${text}`));
  return [...warnings.filter((warning) => !ofModules.has(warning)), ...layerWarnings(remarks)];
}

/** Remarks on modules, layers ascending: each thing once, with the layers it is said of. */
export function layerWarnings(
  remarks: readonly { readonly layer: number; readonly module: string; readonly text: string }[],
): string[] {
  const said = new Map<string, number[]>();
  for (const { layer, module, text } of remarks) {
    const key = `${module}: ${text}`;
    said.set(key, [...(said.get(key) ?? []), layer]);
  }
  return [...said].map(([text, layers]) => `layers ${ranges(layers)}, ${text}`);
}
