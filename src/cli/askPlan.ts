import { resolve } from 'node:path';
import type { Configuration } from '../config/schema';
import { ranges } from '../config/targetChanges';
import { UserError } from '../config/userError';
import type { Plan } from '../engine/rpc/protocol';
import { withEngine } from './engineProgram';

export interface AskPlanOptions {
  readonly examples: number;
  readonly debug: boolean;
  /** Whether the files that describe a model of the hub may be downloaded. */
  readonly download?: boolean;
}

/** Asks the engine for the plan of a resolved configuration; a UserError names the document it came from. */
export async function askPlan(
  configuration: Configuration,
  file: string,
  { examples, debug, download = false }: AskPlanOptions,
): Promise<Plan> {
  const absolute = resolve(file);
  try {
    return await withEngine(debug, (engine) => engine.plan({ configuration, file: absolute, examples, download }));
  } catch (error) {
    // What the model says of a field ("adapter.layers" names layer 9) does not say in which document.
    if (!(error instanceof UserError) || error.message.includes(absolute)) throw error;
    throw new UserError(`${file}: ${error.message}`);
  }
}

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
