import { UserError } from '../../config/userError';
import { uniformNumbers } from '../data/random';
import type { Tokenizer } from '../data/tokenizer';
import type { GenerateParams, Generation } from '../rpc/generation';
import { CachedDecoder } from './cachedDecoder';
import { Continuation, type Stops } from './continuation';
import { nextLogits } from './nextLogits';
import { modelStore, type ReadyModel } from './modelStore';
import { promptTokens } from './promptTokens';
import { noTokenizer } from './prompting';

/**
 * Generates after a prompt, token by token. `onText` gets the text as it grows, `onActivity` what happens before. Throws
 * UserError for a model without tokenizer or an adapter that does not fit; the signal's reason when aborted.
 */
export async function generate(
  params: GenerateParams,
  onText: (text: string) => void,
  signal: AbortSignal,
  onActivity: (activity: string) => void = () => undefined,
): Promise<Generation> {
  return modelStore.use(params, { signal, onActivity }, (ready) => continuePrompt(ready, params, onText, signal));
}

async function continuePrompt(
  ready: ReadyModel,
  params: GenerateParams,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<Generation> {
  const { model, runtime, programs, folder, warnings } = ready;
  const { vocabularySize } = model.config;
  const tokenizer = tokenizerOf(ready);
  const prompt = await promptTokens(
    params.prompt,
    { folder, tokenizer, vocabularySize, context: model.context },
    signal,
  );
  const continuation = new Continuation(prompt, tokenizer, {
    sampling: params,
    stops: await readStops(params.stop ?? [], tokenizer),
    most: Math.min(params.maxTokens, model.context - prompt.length),
    random: uniformNumbers(params.seed, 'generation'),
  });
  const decoder = new CachedDecoder(runtime, model, programs);
  const logitsAfter = await nextLogits(runtime, model, programs, 1);

  const began = performance.now();
  let hidden = await decoder.start(0, prompt, signal);
  const prompted = performance.now();
  while (continuation.reason === undefined) {
    signal.throwIfAborted();
    const { newest } = continuation;
    if (newest !== undefined) hidden = await decoder.step([newest], signal);
    const values = await logitsAfter(hidden);
    requireNumbers(values, params);
    const more = await continuation.take(values);
    if (more !== '') onText(more);
  }
  const seconds = { prompt: (prompted - began) / 1000, generation: (performance.now() - prompted) / 1000 };
  const { text, length, reason = 'length' } = continuation;
  return { text, tokens: length, promptTokens: prompt.length, reason, seconds, warnings };
}

/** Stop strings, and those that are special tokens: these have no text. */
async function readStops(stop: readonly string[], tokenizer: Tokenizer): Promise<Stops> {
  const strings: string[] = [];
  const tokens: number[] = [];
  for (const text of stop) {
    const [token, ...more] = await tokenizer.encode(text, false);
    if (token !== undefined && more.length === 0 && (await tokenizer.isSpecial(token))) tokens.push(token);
    else strings.push(text);
  }
  return { strings, tokens };
}

/** Generation needs a tokenizer. Throws a UserError for a model folder without one. */
function tokenizerOf({ folder, tokenizer }: ReadyModel): Tokenizer {
  if (tokenizer !== undefined) return tokenizer;
  throw noTokenizer(folder);
}

/** Of logits that are no numbers every draw would be the first token, without a word of what is wrong. */
function requireNumbers(logits: Float32Array, { model, adapter }: GenerateParams): void {
  if (!logits.some(Number.isNaN)) return;
  throw new UserError(
    `${adapter ?? model}: makes the model's predictions NaN; its weights are broken, so take another checkpoint or download it again.`,
  );
}
