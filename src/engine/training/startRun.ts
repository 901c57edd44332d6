import type { FileHandle } from 'node:fs/promises';
import { DEFAULT_SAMPLES, type Configuration } from '../../config/schema';
import { AdapterSet, adapterSet } from '../adapters/adapterSet';
import type { AdapterStructure } from '../adapters/structure';
import type { AdapterModule } from '../checkpoint/adapterState';
import { totalSteps } from '../data/order';
import { modelFolder } from '../hub/resolveModel';
import { decoderLinears, type DecoderConfig } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { loadModel } from '../models/loadedModel';
import { onnxRuntime } from '../runtime/onnxruntime';
import { sharedReader } from '../runtime/threaded/sharedReader';
import { threadCount } from '../runtime/threads';
import { openModelFolder } from '../weights/modelFolder';
import { openScratchFile } from '../weights/scratchFile';
import { AdamW } from './adamW';
import type { EvaluationHistory } from './bestLoss';
import { initialModules } from './initialAdapter';
import { memoryBudget, planMemory, requireFit } from './memory';
import { mergeAgain, type MergeContext } from './mergeAdapters';
import { sizeOf } from '../graph/value';
import { tensorsOfParts, trainedHead, withTrainedTensors } from '../models/trainedParts';
import { baseFolder } from './baseFolder';
import { baseFormat, requireMergeable } from './baseFormat';
import { chosenDevice, type DeviceProbe } from './chosenDevice';
import { fastTokens, type BatchLayout } from './microBatches';
import { requireEveryGrouping, requireRemora, requireWarmupBeforeMerge, structureAfter } from './remora';
import { openRuntimes, type Runtimes } from './openRuntimes';
import { disposeReplicas, makeReplicas, type Replicas } from './replicas';
import { reportData } from './reportData';
import { restoreNewest, restoreOptimizer } from './runCheckpoint';
import { loadRunData, type RunData } from './runData';
import type { RunLog } from './runLog';
import { requireSameData } from './sameData';
import { RunSampler } from './samples/runSampler';
import { promptsOf } from './samples/samplePrompts';
import { sampleNeeds } from './samples/sampleMemory';
import { Stopwatch } from './stopwatch';
import type { Trainer } from './trainStep';

/** A run with all it needs in memory. */
export interface Run {
  readonly configuration: Configuration;
  readonly decoder: DecoderConfig;
  readonly log: RunLog;
  readonly data: RunData;
  readonly layout: BatchLayout;
  readonly trainer: Trainer;
  readonly totalSteps: number;
  /** Where it stands; grows as it trains. */
  readonly progress: RunProgress;
  readonly sampler: RunSampler;
  readonly merging: Omit<MergeContext, 'remora'>;
  /** Replicas of the model with these adapters. */
  readonly replicasWith: (adapters: AdapterSet) => Replicas;
  /** Frees what it holds. */
  readonly close: () => Promise<void>;
}

interface RunProgress {
  step: number;
  tokens: number;
  readonly stopwatch: Stopwatch;
  evaluations: EvaluationHistory;
  /** The evaluation that is due at this step was not made yet. */
  evaluationPending: boolean;
  /** Steps after which this run merged. */
  readonly mergeSteps: number[];
}

/**
 * Loads data, model, adapters and, if there is one, the newest checkpoint. Throws UserError for bad input, the signal's
 * reason when aborted.
 */
export async function startRun(
  configuration: Configuration,
  log: RunLog,
  signal: AbortSignal,
  probe: DeviceProbe,
): Promise<Run> {
  const { training, compute, data: dataConfiguration } = configuration;
  const base = baseFormat(compute);
  const threads = compute.threads ?? threadCount();
  const source = await modelFolder(configuration.model);
  const decoder = await readDecoderConfig(source);
  const linears = decoderLinears(decoder);
  requireRemora(configuration);
  const initial = await initialModules(configuration, linears);
  const { modules } = initial;
  requireMergeable(base, configuration, initial.merges.count);
  for (const { structure, linear } of modules) requireEveryGrouping(structure, linear, configuration);
  const adapterParameters = modules.reduce((sum, { structure }) => sum + structure.parameterCount, 0);
  const wanted = tensorsOfParts(decoder, configuration.adapter.alsoTrain);
  const trainedWeights = wanted.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  // Progress is a courtesy: a disk that refuses it will refuse the next write that matters, and that one is awaited.
  const note = (activity: string): void => void log.progress({ activity }).catch(() => undefined);
  // Beside reading the data; whatever comes of it is awaited below.
  const choosing = chosenDevice(compute, base, log.status.device, probe);
  choosing.catch(() => undefined);
  const weights = await openModelFolder(await baseFolder(configuration, decoder, source, log.paths.base, note));
  let data: RunData | undefined;
  // Both open while the run lasts: weights may be read from them in every step.
  let scratch: FileHandle | undefined;
  let runtimes: Runtimes | undefined;
  const freeAll = async (): Promise<void> => {
    runtimes?.close();
    await scratch?.close();
    await weights.close();
    await data?.close();
  };
  try {
    const trainableParameters = adapterParameters + trainedWeights;
    await log.update({ activity: 'reading the data', trainableParameters });
    data = await loadRunData(configuration, decoder, {
      signal,
      onActivity: note,
      onNote: (text) => void log.note(text).catch(() => undefined),
    });
    const steps = training.steps ?? totalSteps(training.epochs, data.train.examples.length, training.batchSize);
    requireWarmupBeforeMerge(configuration, steps);
    const context = Math.min(dataConfiguration.maxLength, decoder.maxPositions);
    const longest = Math.max(data.train.longest, data.validation.longest);
    const chosen = await choosing;
    if (chosen.note !== undefined) await log.note(chosen.note);
    const { device } = chosen;
    const memory = planMemory(
      {
        decoder,
        base,
        structures: fullestLayer(modules.map((module) => largestStructure(module, configuration))),
        adapterParameters,
        trainedWeights,
        trainedHead: trainedHead(decoder, wanted),
        longest,
        context,
        batchSize: training.batchSize,
        ...(training.samples && { samples: sampleNeeds(training.samples, longest, decoder) }),
        microBatchTokens: fastTokens(device),
        threads,
      },
      memoryBudget(compute.memory),
    );
    await log.data(reportData(data, configuration, memory.layout));
    requireFit(memory, compute.memory);
    const prompts = promptsOf(configuration, source, decoder, data, signal);
    if (training.samples !== null) await prompts();
    const { replicas } = memory.layout;
    if (replicas > 1) await log.note(`${replicas} micro-batches are computed side by side`);
    runtimes = await openRuntimes(device, { threads, retain: memory.retain }, replicas);
    const { all } = runtimes;
    const [runtime] = all;
    await log.update({ activity: 'loading the model', totalSteps: steps, device });
    if (base === 'int8' && memory.blocks === 'disk') scratch = await openScratchFile(log.paths.root);
    const loaded = await loadModel(weights, decoder, runtime, {
      context,
      blocks: memory.blocks,
      base,
      ...(scratch && { offload: scratch }),
      onProgress: (loaded, total) => note(`loading the model, layer ${loaded} of ${total}`),
    });
    const { model, tensors } = await withTrainedTensors(loaded, wanted, runtime);
    const first = new AdapterSet(adapterSet(modules, runtime).modules, tensors);
    const restored = await restoreNewest(log.paths.checkpoints, configuration, linears, first, runtime);
    const state = restored?.state;
    if (state !== undefined) requireSameData(state, data, configuration);
    const adapters = restored?.adapters ?? first;
    const merges = restored?.merges ?? initial.merges;
    const optimizer = new AdamW(adapters.parameters, training);
    if (restored !== undefined) await restoreOptimizer(restored, optimizer);
    await log.rewind(state?.step ?? -1);
    await mergeAgain(model, linears, merges, (merge, total) => note(`adding merge ${merge} of ${total} to the model`));
    const sampler = new RunSampler({
      log,
      // Of its own, and on the CPU: it takes nothing that the programs of training hold.
      runtime: sharedReader(onnxRuntime({ threads, retain: false })),
      model,
      base: loaded,
      context: decoder.maxPositions,
      seed: training.seed,
      settings: training.samples ?? DEFAULT_SAMPLES,
      prompts,
    });
    const replicasWith = (trained: AdapterSet): Replicas => makeReplicas(all, model, trained, memory.keptBlocks);
    const trainer: Trainer = { replicas: replicasWith(adapters), optimizer, clipNorm: training.clipNorm };
    return {
      configuration,
      decoder,
      log,
      data,
      layout: memory.layout,
      trainer,
      totalSteps: steps,
      progress: {
        step: state?.step ?? 0,
        tokens: state?.tokens ?? 0,
        stopwatch: new Stopwatch(state?.seconds ?? 0),
        evaluations: { best: state?.best ?? null, patience: state?.patience ?? { lowest: null, waited: 0 } },
        evaluationPending: state?.evaluationPending ?? false,
        mergeSteps: [...(state?.mergeSteps ?? [])],
      },
      sampler,
      merging: { model, runtime, linears, seed: training.seed, first, merges },
      replicasWith,
      close: async () => {
        await disposeReplicas(trainer.replicas);
        await freeAll();
      },
    };
  } catch (error) {
    await freeAll();
    throw error;
  }
}

/** The structures of the layer that has most of them, by module: what one block needs, as far as memory goes. */
function fullestLayer(modules: readonly AdapterModule[]): ReadonlyMap<string, AdapterStructure> {
  const layers = new Map<number, Map<string, AdapterStructure>>();
  for (const { linear, structure } of modules) {
    const layer = layers.get(linear.layer) ?? new Map<string, AdapterStructure>();
    layers.set(linear.layer, layer.set(linear.module, structure));
  }
  return [...layers.values()].reduce((most, layer) => (layer.size > most.size ? layer : most), new Map());
}

/** The structure of a module after a merge, where there will be one: shuffled, its programs need more memory. */
function largestStructure(
  { linear, structure, parameters }: AdapterModule,
  { training }: Configuration,
): AdapterModule {
  if (training.remora === null) return { linear, structure, parameters };
  const options = { regroup: training.remora.regroup, seed: training.seed, earlier: 0 };
  return { linear, structure: structureAfter(structure, linear, options, 1), parameters };
}
