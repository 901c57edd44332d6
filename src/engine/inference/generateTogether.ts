import { uniformNumbers } from '../data/random';
import type { Tokenizer } from '../data/tokenizer';
import { UserError } from '../../config/userError';
import { ProgramCache } from '../runtime/programCache';
import type { Runtime } from '../runtime/runtime';
import { CachedDecoder, type DecoderWeights } from './cachedDecoder';
import { Continuation, NO_STOPS } from './continuation';
import { nextLogits, type HeadWeights } from './nextLogits';
import type { Sampling } from './sampling';

/** A model that can write: its decoder, and what turns hidden states into logits. */
export type WritingModel = DecoderWeights & HeadWeights;

export interface TogetherOptions {
  readonly sampling: Sampling;
  readonly maxTokens: number;
  /** Longest sequence, prompt included. */
  readonly context: number;
  /** Each prompt draws from a stream of its own. */
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** What was written after one prompt. */
export interface Written {
  readonly text: string;
  readonly tokens: number;
  readonly reason: 'end' | 'length';
}

/**
 * Continues several prompts side by side, a token of each at a time: every pass over the weights serves all of them. All
 * that it holds is freed when it returns. Throws a UserError where the logits are no numbers, the signal's reason when
 * aborted.
 */
export async function generateTogether(
  runtime: Runtime,
  model: WritingModel,
  tokenizer: Pick<Tokenizer, 'decode' | 'stopTokens'>,
  prompts: readonly (readonly number[])[],
  { sampling, maxTokens, context, seed, signal }: TogetherOptions,
): Promise<Written[]> {
  const { hiddenSize, vocabularySize } = model.config;
  const count = prompts.length;
  const programs = new ProgramCache(runtime);
  try {
    const decoder = new CachedDecoder(runtime, model, programs, count);
    const logitsAfter = await nextLogits(runtime, model, programs, count);
    const states = new Float32Array(count * hiddenSize);
    const rows = prompts.map(
      (prompt, index) =>
        new Continuation(prompt, tokenizer, {
          sampling,
          stops: NO_STOPS,
          most: Math.min(maxTokens, context - prompt.length),
          random: uniformNumbers(seed, 'generation', index),
        }),
    );
    for (const [row, prompt] of prompts.entries()) {
      states.set(await decoder.start(row, prompt, signal), row * hiddenSize);
    }
    while (rows.some(({ reason }) => reason === undefined)) {
      signal.throwIfAborted();
      if (rows.some(({ newest }) => newest !== undefined)) {
        const next = rows.map(({ newest, reason }) => (reason === undefined ? newest : undefined));
        states.set(await decoder.step(next, signal));
      }
      const logits = await logitsAfter(states);
      for (const [row, continuation] of rows.entries()) {
        if (continuation.reason !== undefined) continue;
        const own = logits.subarray(row * vocabularySize, (row + 1) * vocabularySize);
        if (own.some(Number.isNaN)) throw new UserError("The model's predictions are NaN; lower the learning rate.");
        await continuation.take(own);
      }
    }
    return rows.map(({ text, length, reason }) => ({
      text,
      tokens: length,
      reason: reason === 'end' ? 'end' : 'length',
    }));
  } finally {
    await programs.dispose();
  }
}
