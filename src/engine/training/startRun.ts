import { trainSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { UserError } from '../../config/userError';
import { adapterSet } from '../adapters/adapterSet';
import type { AdapterStructure } from '../adapters/structure';
import type { AdapterModule } from '../checkpoint/adapterState';
import { totalSteps } from '../data/order';
import { modelFolder } from '../hub/resolveModel';
import { decoderLinears, type DecoderConfig } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { loadModel } from '../models/loadedModel';
import { onnxRuntime } from '../runtime/onnxruntime';
import { threadCount } from '../runtime/threads';
import { openModelFolder, type ModelFolder } from '../weights/modelFolder';
import { AdamW } from './adamW';
import { DecoderPass } from '../models/decoderPass';
import { initialModules } from './initialAdapter';
import { LossHead } from './lossHead';
import { memoryBudget, planMemory, requireFit } from './memory';
import { FROZEN_HEAD } from '../models/head';
import type { BatchLayout } from './microBatches';
import { restoreNewest } from './runCheckpoint';
import { loadRunData, type RunData } from './runData';
import type { RunLog } from './runLog';
import { Stopwatch } from './stopwatch';
import type { Trainer } from './trainStep';

/** A run with all it needs in memory. */
export interface Run {
  readonly configuration: Configuration;
  readonly decoder: DecoderConfig;
  readonly log: RunLog;
  readonly data: RunData;
  readonly layout: BatchLayout;
  /** Open while the run lasts: weights may be read from it in every step. */
  readonly weights: ModelFolder;
  readonly trainer: Trainer;
  readonly totalSteps: number;
  /** Where it stands; grows as it trains. */
  readonly progress: { step: number; tokens: number; readonly stopwatch: Stopwatch };
}

/** Loads data, model, adapters and, if there is one, the newest checkpoint. Throws UserError for bad input. */
export async function startRun(configuration: Configuration, log: RunLog): Promise<Run> {
  const { training, compute, data: dataConfiguration } = configuration;
  const folder = await modelFolder(configuration.model);
  const decoder = await readDecoderConfig(folder);
  const linears = decoderLinears(decoder);
  const { modules } = await initialModules(configuration, linears);
  const trainableParameters = modules.reduce((sum, { structure }) => sum + structure.parameterCount, 0);
  // Progress is a courtesy: a disk that refuses it will refuse the next write that matters, and that one is awaited.
  const note = (activity: string): void => void log.progress({ activity }).catch(() => undefined);
  const weights = await openModelFolder(folder);
  try {
    await log.update({ activity: 'reading the data', trainableParameters });
    const data = await loadRunData(configuration, decoder, (share) => {
      note(`reading the data, ${Math.round(100 * share)} %`);
    });
    const steps = training.steps ?? totalSteps(training.epochs, data.train.examples.length, training.batchSize);
    const context = Math.min(dataConfiguration.maxLength, decoder.maxPositions);
    const memory = planMemory(
      {
        decoder,
        structures: fullestLayer(modules),
        adapterParameters: trainableParameters,
        trainedWeights: 0,
        trainedHead: FROZEN_HEAD,
        longest: Math.max(data.train.longest, data.validation.longest),
        context,
        batchSize: training.batchSize,
      },
      memoryBudget(compute.memory),
    );
    requireFit(memory, compute.memory);
    const runtime = onnxRuntime({ threads: compute.threads ?? threadCount(), retain: memory.retain });
    await log.update({ activity: 'loading the model', totalSteps: steps });
    const model = await loadModel(weights, decoder, runtime, {
      context,
      blocks: memory.blocks,
      onProgress: (loaded, total) => note(`loading the model, layer ${loaded} of ${total}`),
    });
    const adapters = adapterSet(modules, runtime);
    const optimizer = new AdamW(adapters.parameters, training);
    const restored = await restoreNewest(log.paths.checkpoints, configuration, linears, adapters, optimizer);
    if (restored !== undefined && restored.trainExamples !== data.train.examples.length) {
      throw new UserError(
        `${trainSources(dataConfiguration).join(', ')}: has ${data.train.examples.length} training examples, but the run began with ${restored.trainExamples}; restore the file or start a new run.`,
      );
    }
    await log.rewind(restored?.step ?? -1);
    return {
      configuration,
      decoder,
      log,
      data,
      layout: memory.layout,
      weights,
      trainer: {
        adapters,
        pass: new DecoderPass(runtime, model, adapters, memory.keptBlocks),
        head: new LossHead(runtime, model),
        optimizer,
        clipNorm: training.clipNorm,
      },
      totalSteps: steps,
      progress: {
        step: restored?.step ?? 0,
        tokens: restored?.tokens ?? 0,
        stopwatch: new Stopwatch(restored?.seconds ?? 0),
      },
    };
  } catch (error) {
    await weights.close();
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
