import { z } from 'zod';
import { UserError } from '../../../config/userError';
import { readJsonObject } from '../../weights/jsonFile';

/** As far as the vocabulary of a GGUF file depends on it. */
const schema = z.object({
  added_tokens: z
    .array(
      z.object({
        id: z.int().min(0),
        content: z.string(),
        special: z.boolean().default(false),
        lstrip: z.boolean().default(false),
        rstrip: z.boolean().default(false),
        single_word: z.boolean().default(false),
      }),
    )
    .default([]),
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
  model: z.object({
    type: z.string().default('BPE'),
    vocab: z.custom<Readonly<Record<string, number>>>(isVocabulary),
    /** "left right", or in newer files the pair. */
    merges: z.custom<readonly (string | readonly [string, string])[]>(isMerges),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    end_of_word_suffix: z.string().nullish(),
  }),
});

/** By hand, for there are half a million of them. */
function isMerges(value: unknown): boolean {
  const isText = (part: unknown): boolean => typeof part === 'string';
  const isMerge = (merge: unknown): boolean =>
    isText(merge) || (Array.isArray(merge) && merge.length === 2 && merge.every(isText));
  return Array.isArray(value) && value.every(isMerge);
}

/** By hand, for a token may be named like a property that every object has ("__proto__"), and there are many of them. */
function isVocabulary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((id) => Number.isSafeInteger(id) && (id as number) >= 0);
}

export type AddedToken = z.output<typeof schema>['added_tokens'][number];

/** A tokenizer.json with a byte-pair encoding. */
export interface TokenizerFile {
  readonly file: string;
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: unknown;
  readonly preTokenizer: unknown;
  /** Text → id, without the added tokens that are not in it. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** First the pairs that are joined first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  /** Characters without a token become tokens of their bytes. */
  readonly byteFallback: boolean;
  /** A word that is a token as a whole is not put together by merges. */
  readonly ignoreMerges: boolean;
  readonly unknownToken: string | undefined;
}

/** Reads a tokenizer.json. Throws a UserError when it holds no byte-pair encoding that a GGUF file can hold. */
export async function readTokenizerFile(file: string): Promise<TokenizerFile> {
  const json = await readJsonObject(file);
  const type = z.object({ model: z.object({ type: z.string() }) }).safeParse(json).data?.model.type ?? 'BPE';
  if (type !== 'BPE') {
    throw new UserError(
      `${file}: is a tokenizer of the kind "${type}", and only byte-pair encodings ("BPE") can be exported to GGUF; use --format merged.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UserError(
      `${file}: "${issue?.path.join('.') ?? ''}" is missing or of the wrong kind; download it again.`,
    );
  }
  const { added_tokens: addedTokens, normalizer, pre_tokenizer: preTokenizer, model } = parsed.data;
  if (model.continuing_subword_prefix || model.end_of_word_suffix) {
    throw new UserError(
      `${file}: marks the inside or the end of words in its tokens, which GGUF cannot say; use --format merged.`,
    );
  }
  return {
    file,
    addedTokens,
    normalizer,
    preTokenizer,
    vocabulary: new Map(Object.entries(model.vocab)),
    merges: model.merges.map((merge) => pairOf(file, merge)),
    byteFallback: model.byte_fallback ?? false,
    ignoreMerges: model.ignore_merges ?? false,
    unknownToken: model.unk_token ?? undefined,
  };
}

function pairOf(file: string, merge: string | readonly [string, string]): readonly [string, string] {
  if (typeof merge !== 'string') return merge;
  const space = merge.indexOf(' ');
  if (space <= 0 || space === merge.length - 1 || merge.includes(' ', space + 1)) {
    throw new UserError(`${file}: has the merge ${JSON.stringify(merge)}, which is not a pair; download it again.`);
  }
  return [merge.slice(0, space), merge.slice(space + 1)];
}
