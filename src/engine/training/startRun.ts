import { trainSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { UserError } from '../../config/userError';
import type { AdapterSet } from '../adapters/adapterSet';
import { totalSteps } from '../data/order';
import { modelFolder } from '../hub/resolveModel';
import { decoderLinears, type DecoderConfig } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { loadModel } from '../models/loadedModel';
import { onnxRuntime } from '../runtime/onnxruntime';
import { threadCount } from '../runtime/threads';
import { openModelFolder } from '../weights/modelFolder';
import { AdamW } from './adamW';
import { DecoderPass } from '../models/decoderPass';
import { initialAdapters } from './initialAdapter';
import { LossHead } from './lossHead';
import { activationMemory, keptBlocks } from './memory';
import { batchLayout, stepLayout, type BatchLayout } from './microBatches';
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
  const runtime = onnxRuntime({ threads: compute.threads ?? threadCount() });
  const { adapters } = await initialAdapters(configuration, linears, runtime);
  // Progress is a courtesy: a disk that refuses it will refuse the next write that matters, and that one is awaited.
  const note = (activity: string): void => void log.progress({ activity }).catch(() => undefined);
  const weights = await openModelFolder(folder);
  try {
    await log.update({ activity: 'reading the data', trainableParameters: adapters.parameterCount });
    const data = await loadRunData(configuration, decoder, (share) => {
      note(`reading the data, ${Math.round(100 * share)} %`);
    });
    const steps = training.steps ?? totalSteps(training.epochs, data.train.examples.length, training.batchSize);
    await log.update({ activity: 'loading the model', totalSteps: steps });
    const model = await loadModel(weights, decoder, runtime, {
      context: dataConfiguration.maxLength,
      onProgress: (loaded, total) => note(`loading the model, layer ${loaded} of ${total}`),
    });
    const layout = batchLayout(Math.max(data.train.longest, data.validation.longest), model.context);
    const optimizer = new AdamW(adapters.parameters, training);
    const restored = await restoreNewest(log.paths.checkpoints, configuration, linears, adapters, optimizer);
    if (restored !== undefined && restored.trainExamples !== data.train.examples.length) {
      throw new UserError(
        `${trainSources(dataConfiguration).join(', ')}: has ${data.train.examples.length} training examples, but the run began with ${restored.trainExamples}; restore the file or start a new run.`,
      );
    }
    await log.rewind(restored?.step ?? -1);
    const activations = activationMemory(decoder, stepLayout(layout, training.batchSize), structuresOf(adapters));
    const kept = keptBlocks(decoder, activations, compute.memory);
    return {
      configuration,
      decoder,
      log,
      data,
      layout,
      trainer: {
        adapters,
        pass: new DecoderPass(runtime, model, adapters, kept),
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
  } finally {
    await weights.close();
  }
}

function structuresOf(adapters: AdapterSet): Map<string, AdapterSet['modules'][number]['structure']> {
  const fullest = adapters.modules.map(({ linear }) => linear.layer).reduce((a, b) => Math.max(a, b), 0);
  return new Map([...adapters.ofLayer(fullest)].map(([module, { structure }]) => [module, structure]));
}
