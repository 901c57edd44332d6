import type { Configuration } from '../../config/schema';
import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { AdapterSet } from '../adapters/adapterSet';
import type { DecoderConfig } from '../models/decoderConfig';
import { DecoderPass } from '../models/decoderPass';
import { FROZEN_HEAD } from '../models/head/headParts';
import { loadModel, type LoadedModel } from '../models/loadedModel';
import type { Suggestion, SuggestProgress } from '../rpc/suggestion';
import { onnxRuntime } from '../runtime/onnxruntime';
import type { Runtime } from '../runtime/runtime';
import { threadCount } from '../runtime/threads';
import { LossHead } from '../training/head/lossHead';
import { memoryBudget, planMemory, requireFit } from '../training/memory';
import type { BatchLayout } from '../training/microBatches';
import { loadRunData, type RunData } from '../training/runData';
import { openModelFolder } from '../weights/modelFolder';
import { MEASURED_TOKENS, sampledBatches, sampleGroups } from './sampleBatches';
import { ScoreSums, type WeightScore } from './weightScores';

export interface Measurement {
  /** One for each linear layer, in the order of those that were asked for. */
  readonly scores: readonly WeightScore[];
  readonly measured: Suggestion['measured'];
}

export interface MeasuredModel {
  readonly folder: string;
  readonly decoder: DecoderConfig;
  readonly linears: readonly LinearLayer[];
}

interface Reporting {
  readonly onProgress: (progress: SuggestProgress) => void;
  readonly signal: AbortSignal;
}

/** Scores the linear layers of the frozen model in `folder` on `batches` batches of the training data. */
export async function measureScores(
  configuration: Configuration,
  { folder, decoder, linears }: MeasuredModel,
  batches: number,
  { onProgress, signal }: Reporting,
): Promise<Measurement> {
  const { compute, training } = configuration;
  const note = (activity: string): void => onProgress({ activity, share: 0 });
  // Open to the end: weights that are larger than memory are read from it block by block.
  const weights = await openModelFolder(folder);
  let data: RunData | undefined;
  try {
    data = await loadRunData(configuration, decoder, { signal, onActivity: note });
    const context = Math.min(configuration.data.maxLength, decoder.maxPositions);
    const memory = planMemory(
      {
        ...{
          decoder,
          base: 'float32',
          structures: new Map(),
          adapterParameters: 0,
          trainedWeights: 0,
          trainedHead: FROZEN_HEAD,
        },
        ...{ longest: Math.max(data.train.longest, data.validation.longest), context, batchSize: Infinity },
        microBatchTokens: MEASURED_TOKENS,
      },
      memoryBudget(compute.memory),
    );
    requireFit(memory, compute.memory);
    const runtime = onnxRuntime({ threads: compute.threads ?? threadCount(), retain: memory.retain });
    const model = await loadModel(weights, decoder, runtime, {
      context,
      blocks: memory.blocks,
      onProgress: (loaded, total) => {
        signal.throwIfAborted();
        note(`loading the model, layer ${loaded} of ${total}`);
      },
    });
    const sample = { data, linears, layout: memory.layout, batches, seed: training.seed };
    return await measured(model, runtime, sample, { onProgress, signal });
  } finally {
    await data?.close();
    await weights.close();
  }
}

interface Sample {
  readonly data: RunData;
  readonly linears: readonly LinearLayer[];
  readonly layout: BatchLayout;
  readonly batches: number;
  readonly seed: number;
}

async function measured(
  model: LoadedModel,
  runtime: Runtime,
  { data, linears, layout, batches, seed }: Sample,
  { onProgress, signal }: Reporting,
): Promise<Measurement> {
  const groups = sampleGroups(data.train, layout, batches, seed);
  // Without adapters nothing is kept for a backward pass: each block is computed again when its turn comes.
  const pass = new DecoderPass(runtime, model, new AdapterSet([]), 0);
  const head = new LossHead(runtime, model);
  const sums = new ScoreSums();
  const totals = { batches: 0, examples: 0, tokens: 0, supervisedTokens: 0, loss: 0 };
  const { layers } = model.config;
  try {
    for await (const { group, batch, examples } of sampledBatches(data.train, layout, groups)) {
      signal.throwIfAborted();
      const hidden = await pass.forward(batch, true);
      const gradient = pass.hiddenGradient();
      const { loss } = await head.sums(hidden, batch.targets, 1 / batch.supervised, gradient.data);
      if (!Number.isFinite(loss)) throw notFinite();
      const norms = await pass.weightNorms(gradient, (layer) => {
        signal.throwIfAborted();
        const share = (group + (layers - layer) / layers) / groups.length;
        onProgress({ activity: `measuring, batch ${group + 1} of ${groups.length}`, share });
      });
      if (!norms.every(({ gradient: square }) => Number.isFinite(square))) throw notFinite();
      sums.add(norms, batch.supervised);
      totals.batches++;
      totals.examples += examples;
      totals.tokens += batch.tokenCount;
      totals.supervisedTokens += batch.supervised;
      totals.loss += loss * batch.supervised;
    }
  } finally {
    await pass.dispose();
    await head.dispose();
  }
  if (totals.supervisedTokens === 0) {
    throw new UserError('The examples supervise no token, so there is no loss to measure; check their fields.');
  }
  const loss = totals.loss / totals.supervisedTokens;
  return { scores: sums.scores(linears), measured: { ...totals, loss } };
}

function notFinite(): UserError {
  return new UserError(
    'The loss of the model on the data, or its gradient, is not a finite number, so nothing can be measured; check the weights of the model.',
  );
}
