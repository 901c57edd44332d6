import { join } from 'node:path';
import { UserError } from '../../../config/userError';
import { Tokenizer } from '../../data/tokenizer';
import { fileExists, readJsonObjectIfAny } from '../../weights/jsonFile';
import { byteLevelVocabulary, type MetadataPart } from './byteLevelVocabulary';
import { chatTemplates } from './chatTemplates';
import { bool, string, uint32, type GgufValue } from './metadataValue';
import { isByteLevel } from './preTokenizer';
import { sentencePieceVocabulary } from './sentencePieceVocabulary';
import { readTokenizerFile } from './tokenizerFile';

/**
 * The tokenizer of a model folder as the metadata of a GGUF file, for `size` rows of embeddings. A folder without one
 * gives a file without one, and says so. Throws a UserError, of one sentence, for a tokenizer with which llama.cpp would
 * make other tokens than the model was trained on.
 */
export async function tokenizerMetadata(folder: string, size: number): Promise<MetadataPart> {
  const tokenizer = await Tokenizer.load(folder);
  if (tokenizer === undefined) return withoutTokenizer(folder);
  const file = await readTokenizerFile(tokenizer.file);
  const { metadata, notes } = isByteLevel(file.preTokenizer)
    ? byteLevelVocabulary(file, size)
    : sentencePieceVocabulary(requireBytes(file), size);
  const ids = new Map([...file.vocabulary, ...file.addedTokens.map(({ id, content }) => [content, id] as const)]);
  return {
    metadata: [
      ...metadata,
      ...(await namedTokens(folder, tokenizer, ids, size)),
      ...addedAround(tokenizer),
      ...(await chatTemplates(folder)),
    ],
    notes,
  };
}

async function withoutTokenizer(folder: string): Promise<MetadataPart> {
  if (await fileExists(join(folder, 'tokenizer.model'))) {
    throw new UserError(
      `${folder}: has a tokenizer.model but no tokenizer.json; save the tokenizer with transformers' save_pretrained to get one.`,
    );
  }
  return {
    metadata: [['tokenizer.ggml.model', string('none')]],
    notes: [`${folder} has no tokenizer.json, so the GGUF file has no tokenizer and takes token ids only.`],
  };
}

function requireBytes(file: Awaited<ReturnType<typeof readTokenizerFile>>): typeof file {
  if (file.byteFallback && file.vocabulary.has('<0x00>') && file.vocabulary.has('<0xFF>')) return file;
  throw new UserError(
    `${file.file}: is neither a byte-level encoding nor one with a token for each byte, and llama.cpp has no other for this model; use --format merged.`,
  );
}

/** Ids of the tokens with a part to play. Generation stops at `eos` and `eot`. */
async function namedTokens(
  folder: string,
  tokenizer: Tokenizer,
  ids: ReadonlyMap<string, number>,
  size: number,
): Promise<[string, GgufValue][]> {
  const config = await readJsonObjectIfAny(join(folder, 'tokenizer_config.json'));
  const model = await readJsonObjectIfAny(join(folder, 'config.json'));
  const declared = (role: string): number | undefined => {
    const name = config?.[`${role}_token`];
    const text = typeof name === 'string' ? name : (name as { content?: unknown } | null | undefined)?.content;
    const id = typeof text === 'string' ? ids.get(text) : model?.[`${role}_token_id`];
    return typeof id === 'number' ? id : undefined;
  };
  const roles: [role: string, id: number | undefined][] = [
    ['bos', tokenizer.startToken],
    ['eos', tokenizer.endToken],
    ['eot', tokenizer.stopTokens.find((token) => token !== tokenizer.endToken)],
    ['unknown', declared('unk')],
    ['padding', declared('pad')],
  ];
  return roles
    .filter((role): role is [string, number] => role[1] !== undefined && role[1] < size)
    .map(([role, id]) => [`tokenizer.ggml.${role}_token_id`, uint32(id)]);
}

/** Whether start and end are put around a text, as the tokenizer itself does. Throws a UserError for anything else. */
function addedAround({ file, prefix, suffix, startToken, endToken }: Tokenizer): [string, GgufValue][] {
  const start = prefix.length === 0 || (prefix.length === 1 && prefix[0] === startToken);
  const end = suffix.length === 0 || (suffix.length === 1 && suffix[0] === endToken);
  if (!start || !end) {
    throw new UserError(
      `${file}: puts tokens around a text that are not its start and its end token, which GGUF cannot say; use --format merged.`,
    );
  }
  return [
    ['tokenizer.ggml.add_bos_token', bool(prefix.length === 1)],
    ['tokenizer.ggml.add_eos_token', bool(suffix.length === 1)],
  ];
}
