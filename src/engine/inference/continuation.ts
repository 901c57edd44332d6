import type { Tokenizer } from '../data/tokenizer';
import type { Generation } from '../rpc/generation';
import { chooseToken, filterLogits, type Sampling } from './sampling';
import { StopStrings } from './stopStrings';
import { TokenText } from './tokenText';

/** Where a text ends other than at its length: strings, and special tokens, which have no text. */
export interface Stops {
  readonly strings: readonly string[];
  readonly tokens: readonly number[];
}

export const NO_STOPS: Stops = { strings: [], tokens: [] };

export interface ContinuationOptions {
  readonly sampling: Sampling;
  readonly stops: Stops;
  /** Most new tokens. */
  readonly most: number;
  /** Numbers in [0, 1), one for each draw. */
  readonly random: () => number;
}

/** One text that grows after its prompt, token by token, until it ends. */
export class Continuation {
  private readonly tokens: number[];
  private readonly tokenText: TokenText;
  private readonly strings: StopStrings;
  private said = '';
  private ended: Generation['reason'] | undefined;

  constructor(
    private readonly prompt: readonly number[],
    private readonly tokenizer: Pick<Tokenizer, 'decode' | 'stopTokens'>,
    private readonly options: ContinuationOptions,
  ) {
    this.tokens = [...prompt];
    this.tokenText = new TokenText(tokenizer);
    this.strings = new StopStrings(options.stops.strings);
    if (options.most <= 0) this.ended = 'length';
  }

  /** Why it ended; undefined while it grows. */
  get reason(): Generation['reason'] | undefined {
    return this.ended;
  }

  /** All of the text so far. */
  get text(): string {
    return this.said;
  }

  /** New tokens so far. */
  get length(): number {
    return this.tokens.length - this.prompt.length;
  }

  /** The token that the model has not read yet: the newest of the new ones. Undefined before the first. */
  get newest(): number | undefined {
    return this.length === 0 ? undefined : this.tokens.at(-1);
  }

  /** Chooses the next token by its logits [V], which are overwritten. Returns the text that has become certain by it. */
  async take(logits: Float32Array): Promise<string> {
    const { sampling, stops, random } = this.options;
    filterLogits(logits, this.tokens, sampling);
    const next = chooseToken(logits, sampling, random);
    if (this.tokenizer.stopTokens.includes(next)) return this.end('end', '');
    this.tokens.push(next);
    if (stops.tokens.includes(next)) return this.end('stop', '');
    const { text, stopped } = this.strings.push(await this.tokenText.push(next));
    if (stopped) return this.end('stop', text);
    return this.length >= this.options.most ? this.end('length', text) : this.say(text);
  }

  private end(reason: Generation['reason'], text: string): string {
    this.ended = reason;
    return this.say(text + this.strings.finish());
  }

  private say(text: string): string {
    this.said += text;
    return text;
  }
}
