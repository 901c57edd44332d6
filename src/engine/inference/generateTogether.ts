import { uniformNumbers } from '../data/random';
import type { Tokenizer } from '../data/tokenizer';
import { UserError } from '../../config/userError';
import { logitsProgram } from '../models/head/headProgram';
import type { RunnableModel } from '../models/loadedModel';
import { ProgramCache } from '../runtime/programCache';
import type { Runtime } from '../runtime/runtime';
import { CachedDecoder, type DecoderWeights } from './cachedDecoder';
import { Continuation, NO_STOPS } from './continuation';
import type { Sampling } from './sampling';

/** A model that can write: its decoder, and what turns hidden states into logits. */
export type WritingModel = DecoderWeights & Pick<RunnableModel, 'norm' | 'head'>;

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
    const head = await programs.get('logits', () => logitsProgram(model.config, count));
    const hidden = runtime.tensor(new Float32Array(count * hiddenSize), [count, hiddenSize]);
    const logits = runtime.tensor(new Float32Array(count * vocabularySize), [count, vocabularySize]);
    const rows = prompts.map(
      (prompt, index) =>
        new Continuation(prompt, tokenizer, {
          sampling,
          stops: NO_STOPS,
          most: Math.min(maxTokens, context - prompt.length),
          random: uniformNumbers(seed, 'generation', index),
        }),
    );
    const states = hidden.data as Float32Array;
    for (const [row, prompt] of prompts.entries()) {
      states.set(await decoder.start(row, prompt, signal), row * hiddenSize);
    }
    while (rows.some(({ reason }) => reason === undefined)) {
      signal.throwIfAborted();
      if (rows.some(({ newest }) => newest !== undefined)) {
        const next = rows.map(({ newest, reason }) => (reason === undefined ? newest : undefined));
        states.set(await decoder.step(next, signal));
      }
      await head.run({ hidden, norm: model.norm, head: model.head }, { logits });
      for (const [row, continuation] of rows.entries()) {
        if (continuation.reason !== undefined) continue;
        const own = (logits.data as Float32Array).subarray(row * vocabularySize, (row + 1) * vocabularySize);
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
