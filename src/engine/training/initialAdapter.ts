import { modeOfType } from '../../config/mode';
import type { Configuration } from '../../config/schema';
import { selectTargets, type LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { initialise } from '../adapters/initialise';
import { normalizedForm } from '../adapters/mora/official';
import { structureFor } from '../adapters/structureFor';
import type { AdapterStructure } from '../adapters/structure';
import { readAdapter } from '../checkpoint/adapterFolder';
import type { AdapterModule } from '../checkpoint/adapterState';
import { MergeHistory } from '../checkpoint/mergeHistory';
import { uniformNumbers } from '../data/random';

/** What a run starts with. */
export interface InitialAdapters {
  readonly modules: readonly AdapterModule[];
  /** What `adapter.initial` merged into the base (ReMoRA); empty without. */
  readonly merges: MergeHistory;
}

/** The adapters a run starts with: fresh ones with ΔW = 0, or those of `adapter.initial`. Throws UserError. */
export async function initialModules(
  { adapter, training }: Configuration,
  linears: readonly LinearLayer[],
): Promise<InitialAdapters> {
  const targets = selectTargets(adapter, linears);
  if (adapter.initial === null) {
    const fresh = targets.map((linear): AdapterModule => {
      const structure = structureFor(adapter, linear);
      const place = linears.indexOf(linear);
      return { linear, structure, parameters: initialise(structure, uniformNumbers(training.seed, 'adapter', place)) };
    });
    return { modules: fresh, merges: new MergeHistory() };
  }
  const { modules, config } = await readAdapter(adapter.initial, linears);
  const byName = new Map(modules.map((module) => [module.linear.name, module]));
  const chosen = targets.map((linear) => {
    const module = byName.get(linear.name);
    if (module === undefined) {
      throw new UserError(
        `${adapter.initial}: has no adapter for ${linear.name}, which "adapter" selects; select the modules that it has.`,
      );
    }
    requireSameKind(structureFor(adapter, linear), module.structure, adapter.alpha !== null, linear, adapter.initial);
    const { structure, parameters } = module;
    const normalize = adapter.normalized && structure.method === 'mora';
    return normalize ? { linear, ...normalizedForm(structure, parameters) } : module;
  });
  if (chosen.length < modules.length) {
    const left = modules.find(({ linear }) => !targets.includes(linear));
    throw new UserError(
      `${adapter.initial}: also adapts ${left?.linear.name ?? 'other modules'}, which "adapter" does not select; select it too.`,
    );
  }
  return { modules: chosen, merges: new MergeHistory(adapter.initial, config.remora.merges) };
}

function requireSameKind(
  wanted: AdapterStructure,
  found: AdapterStructure,
  alphaGiven: boolean,
  linear: LinearLayer,
  folder: string | null,
): void {
  const different = (field: string, has: string | number, says: string | number): UserError =>
    new UserError(`${folder ?? ''}: has ${has} at ${linear.name}, but "adapter.${field}" is ${says}; make them agree.`);
  if (wanted.method !== found.method) throw different('method', found.method, wanted.method);
  if (wanted.method === 'mora' && found.method === 'mora') {
    if (wanted.type !== found.type) {
      throw different('mode', modeOfType(found.type) ?? found.type, modeOfType(wanted.type) ?? wanted.type);
    }
    if (wanted.rank !== found.rank) throw different('rank', found.rank, wanted.rank);
  }
  if (wanted.method === 'lora' && found.method === 'lora') {
    if (wanted.rank !== found.rank) throw different('rank', found.rank, wanted.rank);
    if (wanted.rankStabilised !== found.rankStabilised) {
      throw different('rankStabilised', String(found.rankStabilised), String(wanted.rankStabilised));
    }
    if (alphaGiven && wanted.alpha !== found.alpha) throw different('alpha', found.alpha, wanted.alpha);
  }
}
