import { adapterSet } from '../adapters/adapterSet';
import type { AdapterModule } from '../checkpoint/adapterState';
import { buildRows } from '../data/packing';
import type { DecoderConfig } from '../models/decoderConfig';
import { DecoderPass } from '../models/decoderPass';
import { logitsProgram } from '../models/head';
import { loadModel, type LoadedModel } from '../models/loadedModel';
import { onnxRuntime } from '../runtime/onnxruntime';
import type { Runtime } from '../runtime/runtime';
import { threadCount } from '../runtime/threads';
import type { ModelFolder } from '../weights/modelFolder';

/** A model as one reads it back: weights under the names of a Hugging Face folder, from whatever file. */
export interface ReadBackModel {
  readonly config: DecoderConfig;
  readonly weights: ModelFolder;
}

/** The adapter that is added to the weights while they run, at most one a module; empty for the model alone. */
export type AppliedAdapter = readonly AdapterModule[];

export interface LogitsOptions {
  readonly signal?: AbortSignal;
  /** Called after each block that was loaded. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The logits of each sequence under each list of `variants`, [variant][sequence] of [T, V] row-major. The weights are
 * loaded once, whole and as float32, and let go at the end.
 * Throws what loading the model throws, and the signal's reason when aborted.
 */
export async function logitsOf(
  model: ReadBackModel,
  variants: readonly AppliedAdapter[],
  sequences: readonly Int32Array[],
  { signal, onProgress }: LogitsOptions = {},
): Promise<Float32Array[][]> {
  const runtime = onnxRuntime({ threads: threadCount() });
  const loaded = await loadModel(model.weights, model.config, runtime, {
    context: Math.max(...sequences.map(({ length }) => length)),
    onProgress: (done, total) => {
      // The only way to stop a load between two blocks.
      signal?.throwIfAborted();
      onProgress?.(done, total);
    },
  });
  const logits: Float32Array[][] = [];
  for (const variant of variants) logits.push(await variantLogits(loaded, runtime, variant, sequences, signal));
  return logits;
}

async function variantLogits(
  model: LoadedModel,
  runtime: Runtime,
  adapter: AppliedAdapter,
  sequences: readonly Int32Array[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  const pass = new DecoderPass(runtime, model, adapterSet(adapter, runtime));
  try {
    const logits: Float32Array[] = [];
    for (const tokens of sequences) {
      signal?.throwIfAborted();
      logits.push(await sequenceLogits(pass, model, runtime, tokens));
    }
    return logits;
  } finally {
    await pass.dispose();
  }
}

async function sequenceLogits(
  pass: DecoderPass,
  model: LoadedModel,
  runtime: Runtime,
  tokens: Int32Array,
): Promise<Float32Array> {
  const { length } = tokens;
  const { hiddenSize, vocabularySize } = model.config;
  const example = { tokens, labels: new Int32Array(length) };
  const hidden = await pass.forward(buildRows([[0]], [example], length), false);
  const logits = runtime.tensor(new Float32Array(length * vocabularySize), [length, vocabularySize]);
  const program = await runtime.compile(logitsProgram(model.config, length));
  try {
    await program.run(
      { hidden: runtime.tensor(hidden.slice(), [length, hiddenSize]), norm: model.norm, head: model.head },
      { logits },
    );
  } finally {
    await program.dispose();
  }
  return logits.data as Float32Array;
}
