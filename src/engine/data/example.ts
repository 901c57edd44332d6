import { UserError } from '../../config/userError';

/** The label of a token that is not to be learned, as in PyTorch and transformers. */
export const IGNORED_LABEL = -100;

/** Where an example comes from. */
export interface ExamplePlace {
  /** Index into the list of data files. */
  readonly source: number;
  /** Line, row or item of that file, from 1 on. */
  readonly line: number;
  /** Which record of all data, from 0 on: several examples can come from one, and a split must not part them. */
  readonly record: number;
}

/** One example as the model is trained on it. */
export interface Example extends ExamplePlace {
  readonly tokens: Int32Array;
  /**
   * As in transformers aligned with `tokens`: labels[t] is what position t - 1 is to predict, {@link IGNORED_LABEL}
   * where nothing is. labels[0] is never used.
   */
  readonly labels: Int32Array;
  /** It was longer and lost its end. */
  readonly truncated: boolean;
}

/** Tokens and what is to be learned of them, before they are made to fit. */
export interface LabelledTokens {
  readonly tokens: Int32Array;
  readonly labels: Int32Array;
}

/** What stands around a text: the tokenizer's own prefix and suffix, and the end token that is always learned. */
export interface TextFrame {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly endToken: number;
}

type Tokens = Int32Array | readonly number[];

/** A text is learned whole, from its second token to its end token. A start or end that it already has is not doubled. */
export function labelText(text: Tokens, frame: TextFrame): LabelledTokens {
  const suffix = endsWith(text, frame.suffix) ? [] : frame.suffix;
  const last = suffix.at(-1) ?? text[text.length - 1];
  const tokens = joined(missingPrefix(text, frame), text, suffix, last === frame.endToken ? [] : [frame.endToken]);
  return { tokens, labels: tokens };
}

/**
 * Of a prompt and its completion only the completion and its end token are learned. Both are tokenized on their own, so
 * that what is learned begins with a token, as it will when the model is given the prompt.
 */
export function labelCompletion(prompt: Tokens, completion: Tokens, frame: TextFrame): LabelledTokens {
  const end = completion[completion.length - 1] === frame.endToken ? [] : [frame.endToken];
  const tokens = joined(missingPrefix(prompt, frame), prompt, completion, end);
  const labels = tokens.slice().fill(IGNORED_LABEL, 0, tokens.length - completion.length - end.length);
  return { tokens, labels };
}

/** Ready-made tokens, checked against the vocabulary. `place` is "file:line". */
export function labelTokens(
  place: string,
  inputIds: readonly number[],
  labels: readonly number[] | undefined,
  vocabularySize: number,
): LabelledTokens {
  const check = (id: number, key: string, index: number, ignorable: boolean): void => {
    if ((id >= 0 && id < vocabularySize) || (ignorable && id === IGNORED_LABEL)) return;
    const allowed = `0 to ${vocabularySize - 1}${ignorable ? `, or ${IGNORED_LABEL}` : ''}`;
    throw new UserError(`${place}: "${key}" has ${id} at index ${index}; the model's tokens are ${allowed}.`);
  };
  inputIds.forEach((id, index) => check(id, 'input_ids', index, false));
  labels?.forEach((id, index) => check(id, 'labels', index, true));
  const tokens = Int32Array.from(inputIds);
  return { tokens, labels: labels === undefined ? tokens : Int32Array.from(labels) };
}

/** How many tokens of an example are learned. */
export function supervisedCount(labels: Int32Array): number {
  let count = 0;
  for (let t = 1; t < labels.length; t++) if (labels[t] !== IGNORED_LABEL) count++;
  return count;
}

/** The tokens of all parts, one behind the other. */
export function joined(...parts: readonly Tokens[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function missingPrefix(tokens: Tokens, { prefix }: TextFrame): readonly number[] {
  return prefix.every((id, i) => tokens[i] === id) ? [] : prefix;
}

function endsWith(tokens: Tokens, end: readonly number[]): boolean {
  return end.every((id, i) => tokens[tokens.length - end.length + i] === id);
}
