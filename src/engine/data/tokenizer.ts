import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { UserError } from '../../config/userError';
import { fileExists } from '../weights/jsonFile';
import { readDeclaredTokens, type DeclaredTokens } from './specialTokens';
import { readableToken } from './tokenText';

/** A model's tokenizer: text to token ids and back. */
export class Tokenizer {
  private constructor(
    /** Path of its tokenizer.json. */
    readonly file: string,
    private readonly native: NativeTokenizer,
    private readonly byteLevel: boolean,
    private readonly declared: DeclaredTokens,
    /** What the tokenizer itself puts before a text when asked for special tokens: usually nothing or one token. */
    readonly prefix: readonly number[],
    /** What it puts after. */
    readonly suffix: readonly number[],
  ) {}

  /** The tokenizer of a model folder; undefined when the folder has no tokenizer.json. */
  static async load(folder: string): Promise<Tokenizer | undefined> {
    const file = join(folder, 'tokenizer.json');
    if (!(await fileExists(file))) return undefined;
    const json = await readFile(file, 'utf8');
    const native = parse(file, json);
    // The file keeps the truncation and padding of whoever saved it.
    native.disableTruncation();
    native.disablePadding();
    const declared = await readDeclaredTokens(folder, (token) => native.tokenToId(token));
    const byteLevel = /"type":\s*"ByteLevel"/.test(json);
    const { prefix, suffix } = await readTemplate(file, native);
    return new Tokenizer(file, native, byteLevel, declared, prefix, suffix);
  }

  /** Number of ids, added tokens included. */
  get vocabularySize(): number {
    return this.native.getVocabSize(true);
  }

  /** The token that ends a text. */
  get endToken(): number {
    return this.declared.endToken;
  }

  /** Every token at which generation stops. */
  get stopTokens(): readonly number[] {
    return this.declared.stopTokens;
  }

  /** The token that is declared to start a text, if any; see `prefix` for what really stands there. */
  get startToken(): number | undefined {
    return this.declared.startToken;
  }

  async encode(text: string, addSpecialTokens: boolean): Promise<number[]> {
    return (await this.native.encode(text, null, { addSpecialTokens })).getIds();
  }

  /** Many texts at once, without special tokens: about ten times as fast as one by one. */
  async encodeBatch(texts: readonly string[]): Promise<number[][]> {
    const encodings = await this.native.encodeBatch([...texts], { addSpecialTokens: false });
    return encodings.map((encoding) => encoding.getIds());
  }

  /** The text of the tokens, special ones left out. Half a character at the end becomes U+FFFD. */
  decode(ids: Iterable<number>): Promise<string> {
    return this.native.decode([...ids], true);
  }

  /** What one token stands for, for people to read. */
  tokenText(id: number): string {
    const token = this.native.idToToken(id);
    return token === null ? `<${id}>` : readableToken(token, this.byteLevel);
  }
}

function parse(file: string, json: string): NativeTokenizer {
  try {
    return NativeTokenizer.fromString(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file}: is not a tokenizer that can be read (${reason}); download it again.`);
  }
}

/** Tokenizes a letter with and without special tokens; the difference is what the tokenizer adds. */
async function readTemplate(
  file: string,
  native: NativeTokenizer,
): Promise<{ prefix: readonly number[]; suffix: readonly number[] }> {
  const probe = 'a';
  const bare = (await native.encode(probe, null, { addSpecialTokens: false })).getIds();
  const whole = (await native.encode(probe, null, { addSpecialTokens: true })).getIds();
  for (let start = 0; start + bare.length <= whole.length; start++) {
    if (bare.every((id, i) => whole[start + i] === id)) {
      return { prefix: whole.slice(0, start), suffix: whole.slice(start + bare.length) };
    }
  }
  throw new UserError(
    `${file}: changes the text itself when it adds special tokens, which is not supported; give "input_ids" instead of text.`,
  );
}
