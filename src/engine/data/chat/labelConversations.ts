import { IGNORED_LABEL, joined, type LabelledTokens } from '../example';
import type { Tokenizer } from '../tokenizer';
import { labelSpans, type LabelledSpans } from './labelSpans';
import type { RenderedConversation } from './renderConversation';
import type { RenderedText } from './turns';

/** The tokens of a conversation. */
export interface LabelledConversation {
  readonly sequences: readonly LabelledTokens[];
  /** Texts in which a token lies across the start of an answer and cannot be parted there: they cannot be learned. */
  readonly straddled: number;
  /** Whether the template leaves out or changes a message. */
  readonly isAltered: boolean;
}

/**
 * Tokenizes the texts of conversations as they are (a template writes the start token itself) and labels what is to be
 * learned, up to and with the token that ends a turn. Nothing follows the last learned token.
 */
export async function labelConversations(
  conversations: readonly RenderedConversation[],
  tokenizer: Tokenizer,
): Promise<LabelledConversation[]> {
  const texts = conversations.flatMap((conversation) => conversation.texts);
  const encoded = texts.length === 0 ? [] : await tokenizer.encodeWithOffsets(texts.map(({ text }) => text));
  let next = 0;
  const labelled: LabelledConversation[] = [];
  for (const { texts: rendered, isAltered } of conversations) {
    const sequences: LabelledTokens[] = [];
    let straddled = 0;
    for (const text of rendered) {
      const tokens = encoded[next++];
      const found = tokens && (await parted(text, labelSpans(text, tokens), tokenizer));
      if (found === undefined) straddled++;
      else sequences.push(await ended(found, tokenizer));
    }
    labelled.push({ sequences, straddled, isAltered });
  }
  return labelled;
}

/** Tokenized anew in pieces where a token lies across the start of a span, as the model will meet it. */
async function parted(
  text: RenderedText,
  found: LabelledSpans,
  tokenizer: Tokenizer,
): Promise<LabelledSpans | undefined> {
  if (found.straddled.length === 0) return found;
  const tokens = await tokenizer.encodeCut(text.text, found.straddled);
  const again = tokens && labelSpans(text, tokens);
  return again?.straddled.length === 0 ? again : undefined;
}

/**
 * Learns the end token after each turn: some marks of templates leave it out. A text that ends with a turn and says
 * nothing of its end gets the tokenizer's own, or the model would never stop.
 */
async function ended({ tokens, labels }: LabelledTokens, tokenizer: Tokenizer): Promise<LabelledTokens> {
  const ends = new Set([...tokenizer.stopTokens, tokenizer.endToken]);
  const learned = labels.slice();
  let last = -1;
  for (let t = 0; t < tokens.length; t++) {
    const id = tokens[t] as number;
    const isEnd = last === t - 1 && t > 0 && ends.has(id) && !ends.has(tokens[t - 1] as number);
    if (isEnd && learned[t] === IGNORED_LABEL) learned[t] = id;
    if (learned[t] !== IGNORED_LABEL) last = t;
  }
  if (last < 0) return { tokens: tokens.slice(0, 0), labels: learned.slice(0, 0) };
  const until = { tokens: tokens.slice(0, last + 1), labels: learned.slice(0, last + 1) };
  const lastToken = tokens[last] as number;
  if (ends.has(lastToken) || (await tokenizer.isSpecial(lastToken))) return until;
  const end = [tokenizer.endToken];
  return { tokens: joined(until.tokens, end), labels: joined(until.labels, end) };
}
