import { UserError } from '../../config/userError';
import { askedConfiguration } from '../askedConfiguration';
import { AdapterSet } from '../adapters/adapterSet';
import type { PackedBatch } from '../data/packing';
import { modelFolder } from '../hub/resolveModel';
import { modelStore, type ComputeMeans, type ReadyModel } from '../inference/modelStore';
import { DecoderPass } from '../models/decoderPass';
import { readDecoderConfig } from '../models/family';
import type { EvaluateParams, EvaluateProgress, EvaluationReport, ModelEvaluation } from '../rpc/evaluation';
import { evaluate } from '../training/evaluate';
import { LossHead } from '../training/head/lossHead';
import { memoryBudget, requireFit } from '../training/memory';
import { validationBatches } from '../training/validationBatches';
import { evaluatedData, type EvaluatedData } from './evaluatedData';
import { evaluationBytes, evaluationLayout } from './evaluationMemory';

/** What one model is evaluated on, and how. */
interface Task {
  readonly data: EvaluatedData;
  /** Longest sequence that may be run. */
  readonly context: number;
  readonly rows: number | null;
  readonly exactMatch: boolean;
  readonly budget: () => number;
  readonly onDone: (tokens: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Loss and hits of a model on the validation examples of a configuration, without and with an adapter, by the code that
 * evaluates while training. Throws UserError for bad input, the signal's reason when aborted.
 */
export async function evaluateModel(
  { configuration: json, file, adapter, base, exactMatch, limit, rows }: EvaluateParams,
  onProgress: (progress: EvaluateProgress) => void,
  signal: AbortSignal,
): Promise<EvaluationReport> {
  const configuration = askedConfiguration({ configuration: json, file });
  const { model, compute } = configuration;
  if (typeof model !== 'string') {
    throw new UserError(
      `${file}: "model" starts from random weights, which only a run of it has; give the run with --adapter.`,
    );
  }
  const decoder = await readDecoderConfig(await modelFolder(model));
  const note = (activity: string): void => onProgress({ activity, share: 0 });
  const data = await evaluatedData(configuration, decoder, limit, { signal, onActivity: note });
  try {
    if (data.supervisedTokens === 0) {
      throw new UserError(`${file}: the chosen examples supervise no token, so there is no loss; check their fields.`);
    }
    const context = Math.min(configuration.data.maxLength, decoder.maxPositions);
    const least = evaluationBytes(
      decoder,
      evaluationLayout(decoder, { longest: data.longest, context, rows: 1 }, Infinity),
    );
    const means: ComputeMeans = {
      threads: compute.threads,
      weightBytes: compute.memory === null ? null : memoryBudget(compute.memory) - least,
    };
    const chosen = [...(base ? [undefined] : []), ...(adapter === undefined ? [] : [adapter])];
    const found = new Map<string | undefined, ModelEvaluation>();
    const warnings = new Set(data.warnings);
    for (const [index, own] of chosen.entries()) {
      const activity = own === undefined ? 'evaluating the model' : 'evaluating with the adapter';
      const share = (done: number): number => (index + done) / chosen.length;
      const onActivity = (loading: string): void => onProgress({ activity: loading, share: share(0) });
      const measured = await modelStore.use({ model, adapter: own, means }, { signal, onActivity }, (ready) => {
        for (const warning of ready.warnings) warnings.add(warning);
        let done = 0;
        return measure(ready, own ?? model, {
          ...{ data, context, rows, exactMatch, signal },
          budget: () => {
            requireFit({ total: ready.heldBytes + least }, compute.memory);
            // What is free is free beside the weights; a bound is for all.
            return memoryBudget(compute.memory) - (compute.memory === null ? 0 : ready.heldBytes);
          },
          onDone: (tokens) => onProgress({ activity, share: share((done += tokens) / data.tokens) }),
        });
      });
      found.set(own, measured);
    }
    return {
      model,
      adapter: adapter ?? null,
      data: {
        files: data.files,
        examples: data.examples.length,
        available: data.available,
        tokens: data.tokens,
        supervisedTokens: data.supervisedTokens,
        cut: data.truncated,
      },
      base: found.get(undefined) ?? null,
      adapted: (adapter === undefined ? undefined : found.get(adapter)) ?? null,
      warnings: [...warnings],
    };
  } finally {
    await data.close();
  }
}

/** Evaluates one model; `name` is what a UserError calls it. */
async function measure({ model, runtime }: ReadyModel, name: string, task: Task): Promise<ModelEvaluation> {
  const { data, context, rows, exactMatch, budget, onDone, signal } = task;
  const layout = evaluationLayout(model.config, { longest: data.longest, context, rows }, budget());
  const adapters = new AdapterSet([]);
  const pass = new DecoderPass(runtime, model, adapters, 0);
  const head = new LossHead(runtime, model);
  const began = performance.now();
  try {
    const batches = told(validationBatches(data.examples, layout), onDone);
    const found = await evaluate([{ adapters, pass, head }], batches, () => !signal.aborted, signal);
    signal.throwIfAborted();
    if (found === undefined || !Number.isFinite(found.loss)) {
      throw new UserError(
        `${name}: its loss on the data is not a finite number; its weights are broken, so take another checkpoint or download it again.`,
      );
    }
    const { loss, accuracy, exact, examples } = found;
    const perplexity = Math.exp(loss);
    return {
      loss,
      perplexity: Number.isFinite(perplexity) ? perplexity : null,
      accuracy,
      exactMatch: exactMatch ? exact / examples : null,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await pass.dispose();
    await head.dispose();
  }
}

/** The batches, each told when it is done. */
async function* told(
  batches: AsyncIterable<PackedBatch>,
  onDone: (tokens: number) => void,
): AsyncGenerator<PackedBatch> {
  for await (const batch of batches) {
    yield batch;
    onDone(batch.tokenCount);
  }
}
