import type { Tokenizer } from '../data/tokenizer';

/**
 * The text of tokens as they come. Decoders look at neighbours (a leading space, characters of several tokens), so each
 * token is decoded together with those before it since the last two places where the text was whole.
 */
export class TokenText {
  private readonly tokens: number[] = [];
  /** From here on tokens are decoded again; up to `told` their text has been given out. */
  private context = 0;
  private told = 0;

  constructor(private readonly tokenizer: Pick<Tokenizer, 'decode'>) {}

  /** The text that one more token completes; empty while half a character waits for its other half. */
  async push(token: number): Promise<string> {
    this.tokens.push(token);
    const before = await this.tokenizer.decode(this.tokens.slice(this.context, this.told));
    const after = await this.tokenizer.decode(this.tokens.slice(this.context));
    if (after.endsWith('\uFFFD') || after.length <= before.length) return '';
    this.context = this.told;
    this.told = this.tokens.length;
    return after.slice(before.length);
  }
}
