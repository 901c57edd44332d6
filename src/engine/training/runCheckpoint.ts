import { dirname, join } from 'node:path';
import { baseModelOf, savedBase } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { listCheckpoints, type CheckpointEntry } from '../../run/checkpoints';
import { AdapterSet, parameterValues, restructured } from '../adapters/adapterSet';
import type { AdapterStructure } from '../adapters/structure';
import { readAdapterConfig } from '../checkpoint/adapterConfig';
import { readLiveAdapter, writeAdapter } from '../checkpoint/adapterFolder';
import type { AdapterModule } from '../checkpoint/adapterState';
import { pruneCheckpoints, saveCheckpoint } from '../checkpoint/checkpointFolder';
import { MergeHistory } from '../checkpoint/mergeHistory';
import { readNormalized, writeNormalized } from '../checkpoint/normalizedValues';
import { OPTIMIZER_FILE, readOptimizer, writeOptimizer, type ParameterMoments } from '../checkpoint/optimizerState';
import { readTrainerState, writeTrainerState, type TrainerState } from '../checkpoint/trainerState';
import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import type { Runtime } from '../runtime/runtime';
import type { AdamW } from './adamW';
import { structureAfter } from './remora';
import { resumeFingerprint } from './resumeFingerprint';

/** What a checkpoint holds of a run. */
export interface SavedRun {
  readonly adapters: AdapterSet;
  readonly optimizer: AdamW;
  readonly merges: MergeHistory;
  readonly state: TrainerState;
}

/** Saves merges, adapter, optimizer and trainer state of a step, then deletes old checkpoints. Returns the folder. */
export async function saveRunCheckpoint(
  checkpoints: string,
  { model, training }: Configuration,
  layerCount: number,
  { adapters, optimizer, merges, state }: SavedRun,
): Promise<string> {
  const own = savedBase(model, join(dirname(checkpoints), 'base'));
  const base = { ...baseModelOf(own ?? model), layerCount };
  const folder = await saveCheckpoint(checkpoints, state.step, async (unfinished) => {
    const modules = adapterModules(adapters);
    await merges.writeInto(unfinished, base);
    await writeAdapter(unfinished, { ...base, modules, trained: adapters.tensors, merges: merges.count });
    await writeNormalized(unfinished, modules);
    await writeOptimizer(join(unfinished, OPTIMIZER_FILE), moments(adapters, optimizer));
    await writeTrainerState(unfinished, state);
  });
  merges.savedIn(folder);
  await pruneCheckpoints(checkpoints, training.keep, state.best === null ? [] : [state.best.step]);
  return folder;
}

/** Where a run goes on: everything but the optimizer, which needs the parameters first. */
export interface RestoredRun {
  readonly folder: string;
  readonly adapters: AdapterSet;
  readonly merges: MergeHistory;
  readonly state: TrainerState;
}

/**
 * The newest checkpoint of a run, its values put into `first`, the adapters that the run began with; undefined when there
 * is none: the run starts from the start. Throws a UserError when the checkpoint is of another configuration or damaged.
 */
export async function restoreNewest(
  checkpoints: string,
  configuration: Configuration,
  linears: readonly LinearLayer[],
  first: AdapterSet,
  runtime: Runtime,
): Promise<RestoredRun | undefined> {
  const all = await listCheckpoints(checkpoints);
  const folder = all.at(-1)?.folder;
  if (folder === undefined) return undefined;
  const state = withExistingBest(await readTrainerState(folder), all);
  if (state.configuration !== resumeFingerprint(configuration)) {
    throw new UserError(
      `${folder}: was made with another model, data, adapter, seed, batch size or "remora"; start a new run for those.`,
    );
  }
  const merges = new MergeHistory(folder, (await readAdapterConfig(folder)).remora.merges);
  const adapters = adaptersAfter(first, configuration, state, merges.count, runtime);
  await readValues(folder, linears, adapters);
  return { folder, adapters, merges, state };
}

/** Puts the optimizer's state of a restored run into `optimizer`. */
export async function restoreOptimizer({ folder, adapters, state }: RestoredRun, optimizer: AdamW): Promise<void> {
  await readOptimizer(join(folder, OPTIMIZER_FILE), moments(adapters, optimizer));
  const since = state.mergeSteps.at(-1) ?? 0;
  for (const { name } of adapters.moduleParameters) {
    const own = optimizer.moments.get(name);
    if (own !== undefined) own.since = since;
  }
}

/** The adapters of a run with their values, as they are saved. The arrays are those that train. */
export function adapterModules(adapters: AdapterSet): AdapterModule[] {
  return adapters.modules.map(({ linear, structure, ...module }) => ({
    linear,
    structure,
    parameters: parameterValues({ linear, structure, ...module }),
  }));
}

/** Of a best checkpoint that was taken away the run knows nothing any more: the next evaluation makes a new one. */
function withExistingBest(state: TrainerState, existing: readonly CheckpointEntry[]): TrainerState {
  const { best } = state;
  return best === null || existing.some(({ step }) => step === best.step) ? state : { ...state, best: null };
}

/** The adapters in the structures that they have after the merges of a state. */
function adaptersAfter(
  first: AdapterSet,
  { training }: Configuration,
  { mergeSteps }: TrainerState,
  merges: number,
  runtime: Runtime,
): AdapterSet {
  const own = mergeSteps.length;
  if (training.remora === null || own === 0) return first;
  const options = { regroup: training.remora.regroup, seed: training.seed, earlier: merges - own };
  return new AdapterSet(
    first.modules.map((module) =>
      restructured(module, structureAfter(module.structure, module.linear, options, own), runtime),
    ),
    first.tensors,
  );
}

async function readValues(folder: string, linears: readonly LinearLayer[], adapters: AdapterSet): Promise<void> {
  const { modules, trained } = await readLiveAdapter(folder, linears, adapters.tensors);
  const saved = new Map(modules.map((module) => [module.linear.name, module]));
  for (const { linear, structure, parameters } of adapters.modules) {
    const found = saved.get(linear.name);
    if (found === undefined || !sameGroups(found.structure, structure)) {
      throw new UserError(`${folder}: lacks the adapter of ${linear.name}; resume from another checkpoint.`);
    }
    for (const { parameter, values } of parameters) {
      // Saved as M; every bit of it is in a file of its own.
      if (parameter === 'N') continue;
      const stored = found.parameters[parameter];
      if (stored?.length !== values.length) {
        throw new UserError(
          `${folder}: ${parameter} of ${linear.name} has another size; resume from another checkpoint.`,
        );
      }
      values.set(stored);
    }
  }
  await readNormalized(folder, adapterModules(adapters));
  for (const { name, values } of adapters.tensors) {
    const stored = trained.get(name);
    if (stored === undefined) throw new UserError(`${folder}: lacks ${name}; resume from another checkpoint.`);
    values.set(stored);
  }
}

/** Whether M is spread the same way, so that the same values mean the same ΔW. */
function sameGroups(a: AdapterStructure, b: AdapterStructure): boolean {
  if (a.method !== 'mora' || b.method !== 'mora') return a.method === b.method;
  const { permutation: p } = a;
  const { permutation: q } = b;
  return a.type === b.type && a.rHat === b.rHat && p?.seed === q?.seed && p?.merge === q?.merge;
}

function moments(adapters: AdapterSet, optimizer: AdamW): ParameterMoments[] {
  return adapters.parameters.map(({ name, shape }) => {
    const own = optimizer.moments.get(name);
    if (own === undefined) throw new Error(`the optimizer does not know ${name}`);
    return { name, shape, ...own };
  });
}
