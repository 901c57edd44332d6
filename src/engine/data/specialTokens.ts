import { join } from 'node:path';
import { UserError } from '../../config/userError';
import { readJsonObjectIfAny } from '../weights/jsonFile';

/** What the files of a model folder say about its special tokens. */
export interface DeclaredTokens {
  /** The token that ends a text, to be learned. */
  readonly endToken: number;
  /** Every token at which generation stops: `endToken` and those of generation_config.json and config.json. */
  readonly stopTokens: readonly number[];
  /** The token that starts a text, if one is named. Whether it is put there is the tokenizer's business. */
  readonly startToken: number | undefined;
}

/**
 * Reads the special tokens of a model folder: names in tokenizer_config.json (or special_tokens_map.json), ids in
 * generation_config.json and config.json. Throws a UserError when no end token can be found: a model trained without
 * one never stops.
 */
export async function readDeclaredTokens(
  folder: string,
  idOf: (token: string) => number | null,
): Promise<DeclaredTokens> {
  const tokenizerFile = join(folder, 'tokenizer_config.json');
  const named = [
    await readJsonObjectIfAny(tokenizerFile),
    await readJsonObjectIfAny(join(folder, 'special_tokens_map.json')),
  ];
  const numbered = [
    await readJsonObjectIfAny(join(folder, 'generation_config.json')),
    await readJsonObjectIfAny(join(folder, 'config.json')),
  ];
  const find = (role: 'eos' | 'bos'): number[] => {
    const names = named.map((json) => contentOf(json?.[`${role}_token`])).filter((name) => name !== undefined);
    const known = names.map(idOf).filter((id) => id !== null);
    return [...new Set([...known, ...numbered.flatMap((json) => idsOf(json?.[`${role}_token_id`]))])];
  };
  const stopTokens = find('eos');
  const [endToken] = stopTokens;
  if (endToken === undefined) {
    throw new UserError(
      `${tokenizerFile}: names no end token that tokenizer.json knows; add "eos_token", or the trained model would never stop.`,
    );
  }
  return { endToken, stopTokens, startToken: find('bos')[0] };
}

/** A token is written as its text or as an object with its text. */
function contentOf(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  if (typeof token !== 'object' || token === null || !('content' in token)) return undefined;
  return typeof token.content === 'string' ? token.content : undefined;
}

/** An id is written alone or in a list. */
function idsOf(value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((id): id is number => Number.isSafeInteger(id) && (id as number) >= 0);
}
