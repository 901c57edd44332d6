import { freemem, totalmem } from 'node:os';
import type { Configuration } from '../config/schema';
import { selectTargets, type LinearLayer } from '../config/targets';
import { UserError } from '../config/userError';
import { askedConfiguration } from './askedConfiguration';
import { AdapterError } from './adapters/adapterError';
import { moraWarnings } from './adapters/mora/warnings';
import { structureFor } from './adapters/structureFor';
import type { AdapterStructure } from './adapters/structure';
import { totalSteps } from './data/order';
import { sizeOf } from './graph/value';
import { blockLinears, decoderLinears, parameterCount, type DecoderConfig } from './models/decoderConfig';
import { modelFolder, pinModel } from './hub/resolveModel';
import { readDecoderConfig } from './models/family';
import type { Plan, PlannedModule, PlanParams } from './rpc/plan';
import { tensorsOfParts, trainedHead } from './models/trainedParts';
import { chosenRate } from './training/chosenRate';
import { baseFormat } from './training/baseFormat';
import { threadCount } from './runtime/threads';
import { memoryBudget, planMemory } from './training/memory';
import type { MemoryPlan } from './training/memoryCandidate';
import { requireEveryGrouping, requireRemora, requireWarmupBeforeMerge } from './training/remora';
import { reportData } from './training/reportData';
import { sampleNeeds } from './training/samples/sampleMemory';
import { unusedSettings } from './training/unusedSettings';

/** What a configuration would train, before anything runs. Reads no weights, and no data unless examples are wanted. */
export async function plan({ examples, download = false, ...asked }: PlanParams, signal: AbortSignal): Promise<Plan> {
  const written = askedConfiguration(asked);
  requireRemora(written);
  if (written.training.steps !== null) requireWarmupBeforeMerge(written, written.training.steps);
  const model = download
    ? await pinModel(written.model, { part: 'configuration', signal, onProgress: () => undefined })
    : written.model;
  const configuration = { ...written, model };
  const folder = await modelFolder(model, 'configuration');
  const decoder = await readDecoderConfig(folder);
  const linears = decoderLinears(decoder);
  const selected = new Set(selectTargets(configuration.adapter, linears));
  const modules = linears.map((linear) => plannedModule(configuration, linear, selected.has(linear)));
  const trainableParameters = modules.reduce((sum, module) => sum + (module.selected ? module.parameters : 0), 0);
  const data =
    examples > 0 ? await plannedData(configuration, decoder, trainableParameters, examples, signal) : undefined;
  const memory = memoryPlan(configuration, decoder, trainableParameters, data?.longest);
  return {
    model: {
      folder,
      family: decoder.family,
      layers: decoder.layers,
      hiddenSize: decoder.hiddenSize,
      vocabularySize: decoder.vocabularySize,
      parameters: parameterCount(decoder),
      modules: blockLinears(decoder).map(({ module }) => module),
    },
    modules,
    trainableParameters,
    memory: plannedMemory(memory),
    learningRate: chosenRate(configuration),
    ...(data && { data }),
    warnings: [
      ...unusedSettings(configuration),
      ...(data?.report.warnings ?? []),
      ...modules.flatMap(({ selected: chosen, warning, name }) => (chosen && warning ? [`${name}: ${warning}`] : [])),
    ],
  };
}

function plannedModule({ adapter, training }: Configuration, linear: LinearLayer, selected: boolean): PlannedModule {
  const place = { ...linear, selected };
  const lora = {
    parameters: adapter.rank * (linear.dIn + linear.dOut),
    rankBound: Math.min(adapter.rank, linear.dIn, linear.dOut),
  };
  try {
    const structure = structureFor(adapter, linear);
    requireEveryGrouping(structure, linear, { training });
    const [warning] = structure.method === 'mora' ? moraWarnings(structure) : [];
    return {
      ...place,
      ...sizesOf(structure),
      parameters: structure.parameterCount,
      rankBound: structure.rankBound,
      lora,
      ...(warning !== undefined && { warning }),
    };
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    return { ...place, parameters: 0, rankBound: 0, lora, error: error.message };
  }
}

function sizesOf(structure: AdapterStructure): Pick<PlannedModule, 'rHat' | 'rank'> {
  switch (structure.method) {
    case 'mora':
      return { rHat: structure.rHat, rank: structure.rank };
    case 'lora':
      return { rank: structure.rank };
    case 'full':
      return {};
  }
}

function memoryPlan(
  configuration: Configuration,
  decoder: DecoderConfig,
  trainable: number,
  longest: number | undefined,
): MemoryPlan {
  const { adapter, compute, data, training } = configuration;
  const context = Math.min(data.maxLength, decoder.maxPositions);
  const structures = new Map(
    blockLinears(decoder).flatMap((linear): [string, AdapterStructure][] => {
      const chosen = adapter.modules === 'all' || adapter.modules.includes(linear.module);
      const structure = chosen ? structureIfAny(configuration, linear) : undefined;
      return structure === undefined ? [] : [[linear.module, structure]];
    }),
  );
  const trained = tensorsOfParts(decoder, adapter.alsoTrain);
  const needs = {
    decoder,
    base: baseFormat(compute),
    structures,
    adapterParameters: trainable,
    trainedWeights: trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    trainedHead: trainedHead(decoder, trained),
    longest: longest ?? context,
    context,
    batchSize: training.batchSize,
    threads: compute.threads ?? threadCount(),
    ...(training.samples && { samples: sampleNeeds(training.samples, longest ?? context, decoder) }),
  };
  return planMemory(needs, memoryBudget(compute.memory));
}

function plannedMemory({ bytes, total, blocks, layout }: MemoryPlan): Plan['memory'] {
  return { ...bytes, total, available: freemem(), machine: totalmem(), blocks, rows: layout.maxRows };
}

function structureIfAny(
  { adapter }: Configuration,
  linear: { dIn: number; dOut: number },
): AdapterStructure | undefined {
  try {
    return structureFor(adapter, linear);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function plannedData(
  configuration: Configuration,
  decoder: DecoderConfig,
  trainable: number,
  examples: number,
  signal: AbortSignal,
): Promise<NonNullable<Plan['data']>> {
  // The tokenizer's native library loads only here.
  const { openedData } = await import('./preview/openedData');
  const { examplePage } = await import('./preview/examplePages');
  return openedData.use(configuration, decoder, signal, async (data) => {
    const { train, validation } = data;
    const { training } = configuration;
    const steps = training.steps ?? totalSteps(training.epochs, train.examples.length, training.batchSize);
    requireWarmupBeforeMerge(configuration, steps);
    const longest = Math.max(train.longest, validation.longest);
    const { layout } = memoryPlan(configuration, decoder, trainable, longest);
    return {
      trainExamples: train.examples.length,
      validationExamples: validation.examples.length,
      tokens: train.tokens,
      supervisedTokens: train.supervisedTokens,
      longest,
      truncatedExamples: train.truncated + validation.truncated,
      totalSteps: steps,
      report: reportData(data, configuration, layout),
      files: data.sources.train,
      examples: await examplePage(data, 'train', { first: 0, count: examples }),
    };
  });
}
