import { rHatOf } from '../adapters/mora/size';
import type { AdapterStructure, MoraStructure } from '../adapters/structure';
import { FULL_PEFT_TYPE, remoraKeys, type RemoraMark } from './adapterConfig';
import type { AdapterState, TrainedTensor } from './adapterState';
import { targetModules } from './targetModules';

/** MoRA does not scale; the official code writes PEFT's default all the same. */
const MEANINGLESS_ALPHA = 8;

/**
 * The content of adapter_config.json: the keys that the official MoRA code (a fork of PEFT 0.9) writes and reads.
 * LoRA leaves out the two keys of MoRA, of which stock PEFT would warn. What is not the whole of a ΔW in the model's
 * order is marked so that both refuse it. Throws when modules differ in method or mora_type, which the format cannot say.
 */
export function adapterConfigJson(state: AdapterState): Record<string, unknown> {
  const { baseModel, baseRevision = null, layerCount, modules, trained = [] } = state;
  const [first] = modules;
  if (first === undefined) throw new Error('an adapter without modules cannot be saved');
  const targets = targetModules(
    modules.map(({ linear }) => linear),
    layerCount,
  );
  const { method } = first.structure;
  if (modules.some(({ structure }) => structure.method !== method)) throw new Error('an adapter of two methods');
  if (method === 'full') {
    return {
      base_model_name_or_path: baseModel,
      inference_mode: true,
      layers_to_transform: targets.layers_to_transform,
      modules_to_save: savedModules(trained),
      peft_type: FULL_PEFT_TYPE,
      target_modules: targets.target_modules,
      task_type: 'CAUSAL_LM',
    };
  }
  const ranks = new Map(modules.map(({ linear, structure }) => [linear.name, rankOf(structure)]));
  const alphas = new Map(modules.map(({ linear, structure }) => [linear.name, alphaOf(structure)]));
  const rank = commonest(ranks.values());
  const alpha = commonest(alphas.values());
  return {
    alpha_pattern: exceptions(alphas, alpha),
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: targets.layers_to_transform,
    loftq_config: {},
    lora_alpha: alpha,
    lora_dropout: 0,
    megatron_config: null,
    megatron_core: 'megatron.core',
    modules_to_save: savedModules(trained),
    ...(method === 'mora' ? { mora_type: moraType(modules.map(({ structure }) => structure)) } : {}),
    peft_type: 'LORA',
    r: rank,
    rank_pattern: exceptions(ranks, rank),
    revision: baseRevision,
    target_modules: targets.target_modules,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    ...(method === 'mora' ? { use_mora: true } : {}),
    use_rslora: rankStabilised(modules.map(({ structure }) => structure)),
    ...markOf(state),
  };
}

/** The keys of what PEFT and the official code must refuse; none for a plain adapter. */
function markOf({ modules, merges = 0, part }: AdapterState): Record<string, unknown> {
  const permutations = modules.map(({ structure }) => (structure.method === 'mora' ? structure.permutation : null));
  const [first = null] = permutations;
  if (permutations.some((other) => other?.seed !== first?.seed || other?.merge !== first?.merge)) {
    throw new Error('an adapter of several shuffles');
  }
  if (merges === 0 && part === undefined && first === null) return {};
  const permutation: RemoraMark['permutation'] = first && { seed: first.seed, merge: first.merge };
  return remoraKeys({ merges, part: part ?? null, permutation });
}

function rankStabilised(structures: readonly AdapterStructure[]): boolean {
  const stabilised = structures.filter((structure) => structure.method === 'lora' && structure.rankStabilised);
  if (stabilised.length > 0 && stabilised.length < structures.length) throw new Error('an adapter of two scalings');
  return stabilised.length > 0;
}

/** Ends of the paths of modules that are saved whole, as PEFT matches them; null for none. */
function savedModules(trained: readonly TrainedTensor[]): string[] | null {
  const ends = trained.map(({ name }) => name.split('.').at(-2) ?? name);
  return ends.length === 0 ? null : [...new Set(ends)];
}

function rankOf(structure: AdapterStructure): number {
  switch (structure.method) {
    case 'mora':
      return writtenRank(structure);
    case 'lora':
      return structure.rank;
    case 'full':
      throw new Error('full fine-tuning has no rank');
  }
}

/**
 * The official code computes r̂ from the written rank and refuses tensors of another size. A structure whose r̂ is not
 * what its rank gives (an adapter made by another rounding) is written with a rank that gives it, if there is one.
 */
function writtenRank(structure: MoraStructure): number {
  const { rank, rHat, type, dIn, dOut } = structure;
  const near = Math.round(rHat ** 2 / (dIn + dOut));
  return [rank, near, near + 1, near - 1].find((r) => r >= 1 && rHatOf(structure, r, type) === rHat) ?? rank;
}

function alphaOf(structure: AdapterStructure): number {
  return structure.method === 'lora' ? structure.alpha : MEANINGLESS_ALPHA;
}

function moraType(structures: readonly AdapterStructure[]): number {
  const types = new Set(structures.map((structure) => (structure.method === 'mora' ? structure.type : undefined)));
  const [type] = types;
  if (type === undefined || types.size > 1) throw new Error('an adapter of several mora_types');
  return type;
}

/** The value that most modules have; the first of several such. */
function commonest(values: Iterable<number>): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: [value: number, count: number] = [0, 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best[0];
}

function exceptions(values: ReadonlyMap<string, number>, common: number): Record<string, number> {
  return Object.fromEntries([...values].filter(([, value]) => value !== common));
}
