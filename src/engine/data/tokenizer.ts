import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { fileExists, readJsonText } from '../weights/jsonFile';
import { readDeclaredTokens, type DeclaredTokens } from './specialTokens';
import type { TokensInText } from './chat/labelSpans';
import { joined } from './example';
import { piecesOf } from './textPieces';
import { readableToken } from './tokenText';

const WITHOUT_SPECIAL = { addSpecialTokens: false };

/** Characters that the native library works on at once, of which it keeps some sixty bytes each; one text may have more. */
const CHARS_AT_ONCE = 1 << 20;

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
    /**
     * Whether a text can be tokenized in pieces that begin after a newline: not where every text gets a space before
     * it, as with Llama 2.
     */
    private readonly takesPieces: boolean,
    /** SHA-256 of tokenizer.json. */
    readonly sha256: string,
  ) {}

  /** The tokenizer of a model folder; undefined when the folder has no tokenizer.json. */
  static async load(folder: string): Promise<Tokenizer | undefined> {
    const file = join(folder, 'tokenizer.json');
    if (!(await fileExists(file))) return undefined;
    const json = await readJsonText(file);
    // Places without the white space of a token would leave it open on which side of a boundary "\n" stands.
    const native = parse(file, json.replace(/"trim_offsets":\s*true/g, '"trim_offsets":false'));
    // The file keeps the truncation and padding of whoever saved it.
    native.disableTruncation();
    native.disablePadding();
    const declared = await readDeclaredTokens(folder, (token) => native.tokenToId(token));
    const byteLevel = /"type":\s*"ByteLevel"/.test(json);
    const { prefix, suffix } = await readTemplate(file, native);
    const takesPieces = await tokenizesPieces(native);
    const sha256 = createHash('sha256').update(json).digest('hex');
    return new Tokenizer(file, native, byteLevel, declared, prefix, suffix, takesPieces, sha256);
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
  async encodeBatch(texts: readonly string[]): Promise<Int32Array[]> {
    const pieces = texts.map((text) => (this.takesPieces ? piecesOf(text) : [text]));
    const ids: Int32Array[] = [];
    // What the native library keeps of a text while it works is many times its size.
    const all = pieces.flat();
    for (let start = 0, end = 0; start < all.length; start = end) {
      let chars = 0;
      while (end < all.length && chars < CHARS_AT_ONCE) chars += (all[end++] as string).length;
      const encodings = await this.native.encodeBatch(all.slice(start, end), WITHOUT_SPECIAL);
      for (const encoding of encodings) ids.push(new Int32Array(encoding.getIds()));
    }
    let next = 0;
    return pieces.map(({ length }) => {
      const own = ids.slice(next, (next += length));
      return own.length === 1 ? (own[0] as Int32Array) : joined(...own);
    });
  }

  /** Like {@link encodeBatch}, with the place of each token in its text. */
  async encodeWithOffsets(texts: readonly string[]): Promise<TokensInText[]> {
    const encodings = await this.native.encodeBatch([...texts], WITHOUT_SPECIAL);
    return encodings.map((encoding) => ({ ids: encoding.getIds(), offsets: encoding.getOffsets() }));
  }

  /**
   * Like {@link encodeWithOffsets} for one text that is cut at UTF-16 indices, so that no token lies across them;
   * undefined when this tokenizer would tokenize the pieces otherwise than a whole text.
   */
  async encodeCut(text: string, cuts: readonly number[]): Promise<TokensInText | undefined> {
    if (!this.takesPieces) return undefined;
    const bounds = [0, ...cuts, text.length];
    const pieces = cuts.concat(text.length).map((end, index) => text.slice(bounds[index], end));
    const ids: number[] = [];
    const offsets: number[][] = [];
    let before = 0;
    for (const [index, encoded] of (await this.encodeWithOffsets(pieces)).entries()) {
      for (const id of encoded.ids) ids.push(id);
      for (const [first = 0, end = 0] of encoded.offsets) offsets.push([before + first, before + end]);
      before += Array.from(pieces[index] ?? '').length;
    }
    return { ids, offsets };
  }

  /** Whether a token is not a part of a text but says something about it ("<|im_end|>"). */
  async isSpecial(id: number): Promise<boolean> {
    return (await this.native.decode([id], true)) === '';
  }

  /** The text of the tokens, special ones left out. Half a character at the end becomes U+FFFD. */
  decode(ids: Iterable<number>): Promise<string> {
    return this.native.decode([...ids], true);
  }

  /** The token of exactly this text; undefined when there is none. */
  idOf(token: string): number | undefined {
    return this.native.tokenToId(token) ?? undefined;
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
    throw new UserError(`${file}: is not a tokenizer that can be read (${shortened(reason)}); download it again.`);
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

async function tokenizesPieces(native: NativeTokenizer): Promise<boolean> {
  const [first, second] = ['one two.\n', 'three'];
  const encodings = await native.encodeBatch([first + second, first, second], WITHOUT_SPECIAL);
  const [whole, before, after] = encodings.map((encoding) => encoding.getIds().join(' '));
  return whole === `${before ?? ''} ${after ?? ''}`;
}
