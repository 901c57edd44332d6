import { UserError } from '../../config/userError';
import { AdapterSet, adapterSet } from '../adapters/adapterSet';
import { readAdapter } from '../checkpoint/adapterFolder';
import type { Example } from '../data/example';
import { buildRows } from '../data/packing';
import { uniformNumbers } from '../data/random';
import { Tokenizer } from '../data/tokenizer';
import { modelFolder } from '../hub/resolveModel';
import { decoderLinears } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { logitsProgram } from '../models/head';
import { loadModel, type LoadedModel } from '../models/loadedModel';
import { mergeIntoBase } from '../models/mergeIntoBase';
import type { GenerateParams, Generation } from '../rpc/protocol';
import { onnxRuntime } from '../runtime/onnxruntime';
import type { Executable, Runtime } from '../runtime/runtime';
import { threadCount } from '../runtime/threads';
import { DecoderPass } from '../models/decoderPass';
import { openModelFolder } from '../weights/modelFolder';
import { sample } from './sampling';

/** Sequences are padded to a multiple of this, so that few shapes are compiled. */
const LENGTH_STEP = 32;

interface LoadedGenerator {
  readonly folder: string;
  readonly runtime: Runtime;
  readonly model: LoadedModel;
  readonly tokenizer: Tokenizer;
  readonly logits: Executable;
}

/** The model of the last request stays loaded: the next prompt usually goes to the same one. */
let loaded: Promise<LoadedGenerator> | undefined;
let loadedFolder: string | undefined;

/**
 * Continues a prompt token by token. `onText` gets the text as it grows. Each token runs the whole sequence again.
 * Throws UserError for a model without tokenizer or an adapter that does not fit; the signal's reason when aborted.
 */
export async function generate(
  params: GenerateParams,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<Generation> {
  const { generator, adapters, own } = await generatorWith(params);
  const { model, runtime, tokenizer } = generator;
  const pass = new DecoderPass(runtime, model, adapters);
  try {
    const random = uniformNumbers(params.seed, 'generation');
    const prompt = await tokenizer.encode(params.prompt, false);
    const tokens = [...tokenizer.prefix, ...prompt];
    if (tokens.length === 0) tokens.push(tokenizer.startToken ?? tokenizer.endToken);
    const start = tokens.length;
    let text = '';
    while (tokens.length - start < params.maxTokens && tokens.length < model.context) {
      signal.throwIfAborted();
      const next = sample(await nextLogits(generator, pass, tokens), params.temperature, random);
      if (tokenizer.stopTokens.includes(next)) return { text, tokens: tokens.length - start, reason: 'end' };
      tokens.push(next);
      const whole = await tokenizer.decode(tokens.slice(start));
      // Half a character waits for its other half.
      if (whole.endsWith('\uFFFD')) continue;
      onText(whole.slice(text.length));
      text = whole;
    }
    return { text, tokens: tokens.length - start, reason: 'length' };
  } finally {
    await pass.dispose();
    if (own) await generator.logits.dispose();
  }
}

/** The generator of a request, and its adapter. One with merges gets a model of its own, whose weights they change. */
async function generatorWith({ model, adapter: adapterFolder }: GenerateParams): Promise<{
  readonly generator: LoadedGenerator;
  readonly adapters: AdapterSet;
  /** Nobody else has this generator. */
  readonly own: boolean;
}> {
  const folder = await modelFolder(model);
  if (adapterFolder === undefined) {
    return { generator: await loadedGenerator(folder), adapters: new AdapterSet([]), own: false };
  }
  const adapter = await readAdapter(adapterFolder, decoderLinears(await readDecoderConfig(folder)));
  const own = adapter.merged.length > 0;
  const generator = await (own ? load(folder) : loadedGenerator(folder));
  for (const { linear, structure, parameters } of adapter.merged.flat()) {
    mergeIntoBase(generator.model, linear, () => structure.deltaWeight(parameters));
  }
  return { generator, adapters: adapterSet(adapter.modules, generator.runtime), own };
}

async function nextLogits(
  { model, runtime, logits: program }: LoadedGenerator,
  pass: DecoderPass,
  tokens: readonly number[],
): Promise<Float32Array> {
  const { hiddenSize, vocabularySize } = model.config;
  const rowLength = Math.min(model.context, Math.ceil(tokens.length / LENGTH_STEP) * LENGTH_STEP);
  const example: Pick<Example, 'tokens' | 'labels'> = {
    tokens: Int32Array.from(tokens),
    labels: new Int32Array(tokens.length),
  };
  const hidden = await pass.forward(buildRows([[0]], [example], rowLength), false);
  const last = hidden.slice((tokens.length - 1) * hiddenSize, tokens.length * hiddenSize);
  const logits = runtime.tensor(new Float32Array(vocabularySize), [1, vocabularySize]);
  await program.run({ hidden: runtime.tensor(last, [1, hiddenSize]), norm: model.norm, head: model.head }, { logits });
  return logits.data as Float32Array;
}

async function loadedGenerator(folder: string): Promise<LoadedGenerator> {
  if (loaded === undefined || loadedFolder !== folder) {
    loadedFolder = folder;
    loaded = load(folder);
    // A failed load is not remembered.
    loaded.catch(() => (loaded = undefined));
  }
  return loaded;
}

async function load(folder: string): Promise<LoadedGenerator> {
  const config = await readDecoderConfig(folder);
  const tokenizer = await Tokenizer.load(folder);
  if (tokenizer === undefined) {
    throw new UserError(`${folder}: has no tokenizer.json, so it cannot read a prompt; add the model's own.`);
  }
  const runtime = onnxRuntime({ threads: threadCount() });
  const weights = await openModelFolder(folder);
  try {
    const model = await loadModel(weights, config, runtime, { context: config.maxPositions });
    return { folder, runtime, model, tokenizer, logits: await runtime.compile(logitsProgram(config, 1)) };
  } finally {
    await weights.close();
  }
}
