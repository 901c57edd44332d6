import { DEFAULT_SAMPLES, type Configuration } from '../../../config/schema';
import { IGNORED_LABEL, type Example } from '../../data/example';
import type { Tokenizer } from '../../data/tokenizer';
import { promptTokens } from '../../inference/promptTokens';
import { noTokenizer } from '../../inference/prompting';
import type { DecoderConfig } from '../../models/decoderConfig';
import type { RunData } from '../runData';

/** A prompt of a run's samples. */
export interface SamplePrompt {
  /** For people: without special tokens. */
  readonly text: string;
  readonly tokens: readonly number[];
  /** How the example goes on whose beginning this is; null for a prompt that someone wrote. */
  readonly expected: string | null;
}

/** Of a text that is learned whole, this share is the prompt, and no more tokens than this. */
const TEXT_SHARE = 0.25;
const MOST_TEXT_TOKENS = 64;

/** The prompts of a run, and what reads and writes their tokens. */
export interface SamplePrompts {
  readonly tokenizer: Tokenizer;
  readonly prompts: readonly SamplePrompt[];
}

/**
 * The prompts of a run's samples, tokenized when first asked for. `folder` is that of the model. Rejects with a
 * UserError for a model without tokenizer, and for a prompt that it cannot take.
 */
export function promptsOf(
  configuration: Pick<Configuration, 'data' | 'training'>,
  folder: string,
  decoder: DecoderConfig,
  data: RunData,
  signal: AbortSignal,
): () => Promise<SamplePrompts> {
  let made: Promise<SamplePrompts> | undefined;
  return () => (made ??= makePrompts(configuration, folder, decoder, data, signal));
}

async function makePrompts(
  { data: { template }, training }: Pick<Configuration, 'data' | 'training'>,
  folder: string,
  decoder: DecoderConfig,
  { tokenizer, train, validation }: RunData,
  signal: AbortSignal,
): Promise<SamplePrompts> {
  if (tokenizer === undefined) throw noTokenizer(folder);
  const { prompts: wanted, maxTokens } = training.samples ?? DEFAULT_SAMPLES;
  if (typeof wanted === 'number') {
    const { examples } = validation.examples.length > 0 ? validation : train;
    const first = await examples.read(Array.from({ length: Math.min(wanted, examples.length) }, (_, i) => i));
    const prompts = await Promise.all(first.map((example) => beginningOf(example, tokenizer, maxTokens)));
    return { tokenizer, prompts };
  }
  const model = { folder, tokenizer, vocabularySize: decoder.vocabularySize, context: decoder.maxPositions };
  const prompts: SamplePrompt[] = [];
  for (const [index, prompt] of wanted.entries()) {
    const source = `"training.samples.prompts[${index}]"`;
    const request =
      typeof prompt === 'string' ? prompt : { conversation: prompt, source, ...(template !== null && { template }) };
    const tokens = await promptTokens(request, model, signal);
    const text = typeof prompt === 'string' ? prompt : await tokenizer.decode(tokens);
    prompts.push({ text, tokens, expected: null });
  }
  return { tokenizer, prompts };
}

/** What stands before the first learned token, and what follows; of a text that is learned whole, its first part. */
async function beginningOf(
  { tokens, labels }: Example,
  tokenizer: Tokenizer,
  maxTokens: number,
): Promise<SamplePrompt> {
  const learned = (index: number): boolean => labels[index] !== IGNORED_LABEL;
  let start = 1;
  while (start < tokens.length && !learned(start)) start++;
  const isText = start <= Math.max(1, tokenizer.prefix.length);
  if (isText) start += Math.min(MOST_TEXT_TOKENS, Math.floor(TEXT_SHARE * (tokens.length - start)));
  let end = start;
  while (end < tokens.length && end - start < maxTokens && learned(end)) end++;
  const prompt = Array.from(tokens.subarray(0, start));
  return {
    text: await tokenizer.decode(prompt),
    tokens: prompt,
    expected: await tokenizer.decode(tokens.subarray(start, end)),
  };
}
