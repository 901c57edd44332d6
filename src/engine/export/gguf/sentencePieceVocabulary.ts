import { z } from 'zod';
import { UserError } from '../../../config/userError';
import type { MetadataPart } from './byteLevelVocabulary';
import { bool, float32s, int32s, string, strings } from './metadataValue';
import { mergeRanks } from './mergeRanks';
import type { TokenizerFile } from './tokenizerFile';
import { TOKEN_KINDS, vocabularyTokens, type VocabularyToken } from './vocabularyTokens';

/** The score that llama.cpp's own conversion gives to tokens that merges do not make. */
const ADDED_SCORE = -1000;

/**
 * The metadata of a byte-pair encoding with a token for each byte, llama.cpp's "llama": it joins neighbours whose union
 * is a token, the one with the highest score first. SentencePiece's scores are minus the rank of a token, and so are
 * these. Throws a UserError when that would not join as the merges of the file do.
 */
export function sentencePieceVocabulary(tokenizer: TokenizerFile, size: number): MetadataPart {
  const { file, addedTokens, unknownToken } = tokenizer;
  const addSpacePrefix = spacePrefix(tokenizer.normalizer, tokenizer.preTokenizer);
  if (addSpacePrefix === undefined) {
    throw new UserError(
      `${file}: changes or cuts the text ("normalizer", "pre_tokenizer") otherwise than SentencePiece does, which llama.cpp cannot do for such a vocabulary; use --format merged.`,
    );
  }
  const ranks = mergeRanks(tokenizer);
  if (ranks === undefined) {
    throw new UserError(
      `${file}: joins tokens in an order that scores of tokens cannot say, so llama.cpp would give other tokens than the model was trained on; use --format merged.`,
    );
  }
  const plain = (text: string): VocabularyToken => {
    if (text === unknownToken) return { text, kind: 'unknown' };
    return { text, kind: /^<0x[0-9A-F]{2}>$/.test(text) ? 'byte' : 'normal' };
  };
  const { tokens, notes } = vocabularyTokens(tokenizer, size, plain);
  const added = new Set(addedTokens.map(({ id }) => id));
  const scores = tokens.map(({ text }, id) => (added.has(id) ? ADDED_SCORE : -(ranks.get(text) ?? 0)));
  return {
    metadata: [
      ['tokenizer.ggml.model', string('llama')],
      ['tokenizer.ggml.pre', string('default')],
      ['tokenizer.ggml.tokens', strings(tokens.map(({ text }) => text))],
      ['tokenizer.ggml.scores', float32s(scores)],
      ['tokenizer.ggml.token_type', int32s(tokens.map(({ kind }) => TOKEN_KINDS[kind]))],
      ['tokenizer.ggml.add_space_prefix', bool(addSpacePrefix)],
    ],
    notes,
  };
}

const toUnderline = z.object({
  type: z.literal('Replace'),
  pattern: z.object({ String: z.literal(' ') }),
  content: z.literal('▁'),
});
const prefixed = z.object({
  type: z.literal('Sequence'),
  normalizers: z.tuple([z.object({ type: z.literal('Prepend'), prepend: z.literal('▁') }), toUnderline]),
});
const metaspace = z.object({
  type: z.literal('Metaspace'),
  replacement: z.literal('▁'),
  add_prefix_space: z.boolean().default(true),
  prepend_scheme: z.enum(['first', 'always', 'never']).optional(),
  split: z.literal(false),
});
/** Cuts after spaces, of which there are none left once they are ▁. */
const idleSplit = z.object({ type: z.literal('Split'), pattern: z.object({ String: z.literal(' ') }) });

/** Whether a ▁ is put before a text; undefined when more happens to it than that, and ▁ for spaces. */
function spacePrefix(normalizer: unknown, preTokenizer: unknown): boolean | undefined {
  const none = (value: unknown): boolean => value === null || value === undefined;
  const idle = none(preTokenizer) || idleSplit.safeParse(preTokenizer).success;
  if (prefixed.safeParse(normalizer).success && idle) return true;
  if (toUnderline.safeParse(normalizer).success && idle) return false;
  const spaces = metaspace.safeParse(preTokenizer);
  if (!spaces.success || !none(normalizer)) return undefined;
  const { prepend_scheme: scheme, add_prefix_space: prefix } = spaces.data;
  return scheme === undefined ? prefix : scheme !== 'never';
}
