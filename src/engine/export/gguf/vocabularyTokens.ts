import { UserError } from '../../../config/userError';
import type { AddedToken, TokenizerFile } from './tokenizerFile';

/** What llama.cpp does with a token; the numbers are SentencePiece's. */
export const TOKEN_KINDS = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export type TokenKind = keyof typeof TOKEN_KINDS;

export interface VocabularyToken {
  readonly text: string;
  readonly kind: TokenKind;
}

export interface Vocabulary {
  /** One for each row of the embedding matrix. */
  readonly tokens: readonly VocabularyToken[];
  /** What the user should know of it, in sentences. */
  readonly notes: readonly string[];
}

/**
 * The tokens of a model with `size` rows of embeddings, by id. Rows without a token get a name that no text has.
 * `plainToken` makes the token of an ordinary text of the vocabulary. Throws a UserError when two ids have one text,
 * at which llama.cpp stops.
 */
export function vocabularyTokens(
  tokenizer: TokenizerFile,
  size: number,
  plainToken: (text: string) => VocabularyToken,
): Vocabulary {
  const tokens: (VocabularyToken | undefined)[] = Array.from({ length: size });
  const beyond: string[] = [];
  const place = (id: number, token: VocabularyToken): void => {
    if (id < size) tokens[id] = token;
    else beyond.push(token.text);
  };
  const added = new Set(tokenizer.addedTokens.map(({ id }) => id));
  for (const [text, id] of tokenizer.vocabulary) if (!added.has(id)) place(id, plainToken(text));
  for (const token of tokenizer.addedTokens) place(token.id, addedToken(token, tokenizer.unknownToken));

  const whole = tokens.map((token, id): VocabularyToken => token ?? { text: `[PAD${id}]`, kind: 'unused' });
  refuseTwins(tokenizer.file, whole);
  return { tokens: whole, notes: [...beyondNote(beyond, size), ...stripNote(tokenizer.addedTokens)] };
}

function addedToken({ content, special }: AddedToken, unknown: string | undefined): VocabularyToken {
  if (content === unknown) return { text: content, kind: 'unknown' };
  if (special || looksLikeControl(content)) return { text: content, kind: 'control' };
  // Matched against the text as the user writes it, before spaces become ▁.
  return { text: content.replaceAll('▁', ' '), kind: 'userDefined' };
}

/** Tokens that no text means, though some files do not call them special; llama.cpp's own conversion takes the same. */
function looksLikeControl(text: string): boolean {
  return ['<pad>', '<mask>', '<2mass>', '[@BOS@]'].includes(text) || /^(<\|.*\|>|<｜.*｜>|<unused.*>)$/su.test(text);
}

function refuseTwins(file: string, tokens: readonly VocabularyToken[]): void {
  const seen = new Map<string, number>();
  tokens.forEach(({ text }, id) => {
    const twin = seen.get(text);
    if (twin !== undefined) {
      throw new UserError(
        `${file}: the tokens ${twin} and ${id} are both ${JSON.stringify(text)} in a GGUF file, which llama.cpp refuses; use --format merged.`,
      );
    }
    seen.set(text, id);
  });
}

function beyondNote(texts: readonly string[], size: number): string[] {
  if (texts.length === 0) return [];
  const few = texts.slice(0, 3).map((text) => JSON.stringify(text));
  const more = texts.length > few.length ? ` and ${texts.length - few.length} more` : '';
  return [`The tokens ${few.join(', ')}${more} are left out: the model has embeddings for the first ${size} only.`];
}

function stripNote(added: readonly AddedToken[]): string[] {
  const stripping = added.filter(({ lstrip, rstrip, single_word: single }) => lstrip || rstrip || single);
  const [first] = stripping;
  if (first === undefined) return [];
  return [
    `llama.cpp keeps the spaces around special tokens, which the tokenizer takes away at ${stripping.length} of them (${JSON.stringify(first.content)}).`,
  ];
}
