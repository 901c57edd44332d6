import { join } from 'node:path';
import { baseModelOf } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { listCheckpoints } from '../../run/checkpoints';
import type { SpectrumLine } from '../../run/spectra';
import { parameterValues, type AdapterSet } from '../adapters/adapterSet';
import { readAdapter, writeAdapter } from '../checkpoint/adapterFolder';
import { pruneCheckpoints, saveCheckpoint } from '../checkpoint/checkpointFolder';
import { OPTIMIZER_FILE, readOptimizer, writeOptimizer, type ParameterMoments } from '../checkpoint/optimizerState';
import { fingerprint, readTrainerState, writeTrainerState, type TrainerState } from '../checkpoint/trainerState';
import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { moduleSpectrum } from '../moduleSpectrum';
import type { AdamW } from './adamW';

/** Names what must stay the same for a saved state to go on exactly. */
export function resumeFingerprint({ model, data, adapter, training }: Configuration): string {
  return fingerprint({ model, data, adapter, seed: training.seed, batchSize: training.batchSize });
}

/** Saves adapter, optimizer and trainer state of a step, then deletes old checkpoints. Returns the folder. */
export async function saveRunCheckpoint(
  checkpoints: string,
  { model, training }: Configuration,
  layerCount: number,
  adapters: AdapterSet,
  optimizer: AdamW,
  state: TrainerState,
): Promise<string> {
  const folder = await saveCheckpoint(checkpoints, state.step, async (unfinished) => {
    const modules = adapters.modules.map((module) => ({ ...module, parameters: parameterValues(module) }));
    await writeAdapter(unfinished, { ...baseModelOf(model), layerCount, modules });
    await writeOptimizer(join(unfinished, OPTIMIZER_FILE), moments(adapters, optimizer));
    await writeTrainerState(unfinished, state);
  });
  await pruneCheckpoints(checkpoints, training.keep);
  return folder;
}

/** Puts the newest checkpoint into adapters and optimizer. Undefined when there is none: the run starts from the start. */
export async function restoreNewest(
  checkpoints: string,
  configuration: Configuration,
  linears: readonly LinearLayer[],
  adapters: AdapterSet,
  optimizer: AdamW,
): Promise<TrainerState | undefined> {
  const newest = (await listCheckpoints(checkpoints)).at(-1);
  if (newest === undefined) return undefined;
  const state = await readTrainerState(newest.folder);
  if (state.configuration !== resumeFingerprint(configuration)) {
    throw new UserError(
      `${newest.folder}: was made with another model, data, adapter, seed or batch size; start a new run for those.`,
    );
  }
  const { modules } = await readAdapter(newest.folder, linears);
  const saved = new Map(modules.map((module) => [module.linear.name, module.parameters]));
  for (const { linear, parameters } of adapters.modules) {
    for (const { parameter, values } of parameters) {
      const stored = saved.get(linear.name)?.[parameter];
      if (stored?.length !== values.length) {
        throw new UserError(`${newest.folder}: lacks the adapter of ${linear.name}; resume from another checkpoint.`);
      }
      values.set(stored);
    }
  }
  await readOptimizer(join(newest.folder, OPTIMIZER_FILE), moments(adapters, optimizer));
  return state;
}

/** The spectrum of every module's ΔW, as spectra.jsonl has it. */
export function spectrumLines(adapters: AdapterSet, step: number): SpectrumLine[] {
  return adapters.modules.flatMap((module): SpectrumLine[] => {
    const spectrum = moduleSpectrum({ ...module, parameters: parameterValues(module), merged: [] });
    return spectrum === undefined ? [] : [{ kind: 'spectrum', step, ...spectrum }];
  });
}

function moments(adapters: AdapterSet, optimizer: AdamW): ParameterMoments[] {
  return adapters.parameters.map(({ name, shape }) => {
    const own = optimizer.moments.get(name);
    if (own === undefined) throw new Error(`the optimizer does not know ${name}`);
    return { name, shape, ...own };
  });
}
