import { adapterSet } from '../adapters/adapterSet';
import type { AdapterModule } from '../checkpoint/adapterState';
import { buildRows } from '../data/packing';
import type { DecoderConfig } from '../models/decoderConfig';
import { DecoderPass } from '../models/decoderPass';
import { logitsProgram } from '../models/head/headProgram';
import { headInMemory, loadModel, type LoadedModel } from '../models/loadedModel';
import { onnxRuntime } from '../runtime/onnxruntime';
import type { Runtime } from '../runtime/runtime';
import { threadCount } from '../runtime/threads';
import { readBy, type ModelFolder } from '../weights/modelFolder';

/** A model as one reads it back: weights under the names of a Hugging Face folder, from whatever file. */
export interface ReadBackModel {
  readonly config: DecoderConfig;
  readonly weights: ModelFolder;
}

/** The adapter that is added to the weights while they run, at most one a module; empty for the model alone. */
export type AppliedAdapter = readonly AdapterModule[];

export interface LogitsOptions {
  readonly signal?: AbortSignal;
  /** Called after each tensor that was read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The logits of each sequence under each list of `variants`, [variant][sequence] of [T, V] row-major. All sequences go
 * through together, and of the blocks no more than one is in memory at a time; so each variant reads them once.
 * Throws what loading the model throws, and the signal's reason when aborted.
 */
export async function logitsOf(
  { config, weights }: ReadBackModel,
  variants: readonly AppliedAdapter[],
  sequences: readonly Int32Array[],
  { signal, onProgress }: LogitsOptions = {},
): Promise<Float32Array[][]> {
  const runtime = onnxRuntime({ threads: threadCount() });
  const total = variants.length * weights.tensors.size;
  let read = 0;
  const watched = watchedModel(weights, () => {
    signal?.throwIfAborted();
    onProgress?.(Math.min(++read, total), total);
  });
  const model = await loadModel(watched, config, runtime, {
    context: Math.max(...sequences.map(({ length }) => length)),
    blocks: 'disk',
  });
  const logits: Float32Array[][] = [];
  for (const variant of variants) logits.push(await variantLogits(model, runtime, variant, sequences));
  onProgress?.(total, total);
  return logits;
}

/** The model, with a call after each tensor that is read: the one place where a pass can be followed and stopped. */
function watchedModel(weights: ModelFolder, onRead: () => void): ModelFolder {
  return readBy(weights, async (name, into) => {
    const values = await weights.readFloat32(name, into);
    onRead();
    return values;
  });
}

async function variantLogits(
  model: LoadedModel,
  runtime: Runtime,
  adapter: AppliedAdapter,
  sequences: readonly Int32Array[],
): Promise<Float32Array[]> {
  const { hiddenSize, vocabularySize } = model.config;
  const rowLength = Math.max(...sequences.map(({ length }) => length));
  const examples = sequences.map((tokens) => ({ tokens, labels: new Int32Array(tokens.length) }));
  const batch = buildRows(
    sequences.map((_, index) => [index]),
    examples,
    rowLength,
  );
  const tokens = sequences.length * rowLength;
  const pass = new DecoderPass(runtime, model, adapterSet(adapter, runtime));
  const program = await runtime.compile(logitsProgram(model.config, tokens));
  try {
    const hidden = runtime.tensor(await pass.forward(batch, false), [tokens, hiddenSize]);
    const logits = runtime.tensor(new Float32Array(tokens * vocabularySize), [tokens, vocabularySize]);
    await program.run({ hidden, norm: model.norm, head: headInMemory(model) }, { logits });
    const values = logits.data as Float32Array;
    return sequences.map(({ length }, row) => {
      const start = row * rowLength * vocabularySize;
      return values.slice(start, start + length * vocabularySize);
    });
  } finally {
    await pass.dispose();
    await program.dispose();
  }
}
