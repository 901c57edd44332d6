import { UserError } from '../../../config/userError';
import { int32s, string, strings, type GgufValue } from './metadataValue';
import { preTokenizersLike } from './preTokenizer';
import type { TokenizerFile } from './tokenizerFile';
import { TOKEN_KINDS, vocabularyTokens } from './vocabularyTokens';
import { mergesMakeEveryToken } from './wholeTokens';

/** Part of the metadata of a GGUF file, with what the user should know of it. */
export interface MetadataPart {
  readonly metadata: readonly (readonly [key: string, value: GgufValue])[];
  readonly notes: readonly string[];
}

/**
 * The metadata of a byte-level byte-pair encoding, llama.cpp's "gpt2". Throws a UserError when llama.cpp has no rule
 * that cuts words as this pre-tokenizer does: with another it would give other tokens than the model was trained on.
 */
export function byteLevelVocabulary(tokenizer: TokenizerFile, size: number): MetadataPart {
  const pre = preTokenizerName(tokenizer);
  if (pre === undefined) {
    throw new UserError(
      `${tokenizer.file}: cuts words by a rule ("pre_tokenizer") that llama.cpp is not known to have, so its tokens would be others than the model's; use --format merged and a llama.cpp that knows the model.`,
    );
  }
  const { tokens, notes } = vocabularyTokens(tokenizer, size, (text) => ({ text, kind: 'normal' }));
  return {
    metadata: [
      ['tokenizer.ggml.model', string('gpt2')],
      ['tokenizer.ggml.pre', string(pre)],
      ['tokenizer.ggml.tokens', strings(tokens.map(({ text }) => text))],
      ['tokenizer.ggml.token_type', int32s(tokens.map(({ kind }) => TOKEN_KINDS[kind]))],
      ['tokenizer.ggml.merges', strings(tokenizer.merges.map(([left, right]) => `${left} ${right}`))],
    ],
    notes: [...notes, ...normalizerNotes(tokenizer)],
  };
}

/** The name under which llama.cpp cuts words, and takes them whole or not, as the tokenizer does; undefined for none. */
function preTokenizerName(tokenizer: TokenizerFile): string | undefined {
  const like = preTokenizersLike(tokenizer.preTokenizer);
  const same = like.find(({ ignoreMerges }) => ignoreMerges === tokenizer.ignoreMerges);
  if (same !== undefined || like.length === 0) return same?.name;
  return mergesMakeEveryToken(tokenizer) ? like[0]?.name : undefined;
}

/** llama.cpp takes texts as they are. Most are NFC already; another change of the text is refused. */
function normalizerNotes({ file, normalizer }: TokenizerFile): string[] {
  if (normalizer === null || normalizer === undefined) return [];
  const { type, normalizers } = normalizer as { type?: unknown; normalizers?: unknown };
  const parts: unknown[] = type === 'Sequence' && Array.isArray(normalizers) ? normalizers : [normalizer];
  const others = parts.filter((part) => (part as { type?: unknown } | null)?.type !== 'NFC');
  if (others.length > 0) {
    throw new UserError(
      `${file}: changes the text before it is cut into tokens ("normalizer"), which llama.cpp cannot do; use --format merged.`,
    );
  }
  return parts.length === 0
    ? []
    : [
        'llama.cpp does not compose characters (NFC) as the tokenizer does; a text with combining accents gets other tokens.',
      ];
}
