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

/** Tokens and what is to be learned of them, before they are cut to length. */
export interface LabelledTokens {
  readonly tokens: readonly number[];
  readonly labels: readonly number[];
}

/** What stands around a text: the tokenizer's own prefix and suffix, and the end token that is always learned. */
export interface TextFrame {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly endToken: number;
}

/** A text is learned whole, from its second token to its end token. A start or end that it already has is not doubled. */
export function labelText(text: readonly number[], frame: TextFrame): LabelledTokens {
  const framed = [...withPrefix(text, frame), ...(endsWith(text, frame.suffix) ? [] : frame.suffix)];
  const tokens = withEnd(framed, frame);
  return { tokens, labels: tokens };
}

/**
 * Of a prompt and its completion only the completion and its end token are learned. Both are tokenized on their own, so
 * that what is learned begins with a token, as it will when the model is given the prompt.
 */
export function labelCompletion(
  prompt: readonly number[],
  completion: readonly number[],
  frame: TextFrame,
): LabelledTokens {
  const start = withPrefix(prompt, frame);
  const learned = withEnd(completion, frame);
  return { tokens: [...start, ...learned], labels: [...start.map(() => IGNORED_LABEL), ...learned] };
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
  return { tokens: inputIds, labels: labels ?? inputIds };
}

/**
 * Cuts to `maxLength` tokens, at the end. Throws a UserError when nothing is left to learn: such an example would
 * silently teach nothing.
 */
export function finishExample(file: string, place: ExamplePlace, whole: LabelledTokens, maxLength: number): Example {
  const truncated = whole.tokens.length > maxLength;
  const tokens = Int32Array.from(whole.tokens.slice(0, maxLength));
  const labels = Int32Array.from(whole.labels.slice(0, maxLength));
  if (supervisedCount(labels) === 0) {
    const mend = truncated
      ? `its first ${maxLength} tokens have none to learn; raise "data.maxLength" or shorten the prompt`
      : 'has no token to learn, since the first token of an example is never predicted; remove it or give it more text';
    throw new UserError(`${file}:${place.line}: ${mend}.`);
  }
  return { ...place, tokens, labels, truncated };
}

/** How many tokens of an example are learned. */
export function supervisedCount(labels: Int32Array): number {
  let count = 0;
  for (let t = 1; t < labels.length; t++) if (labels[t] !== IGNORED_LABEL) count++;
  return count;
}

function withPrefix(tokens: readonly number[], { prefix }: TextFrame): readonly number[] {
  return prefix.every((id, i) => tokens[i] === id) ? tokens : [...prefix, ...tokens];
}

function withEnd(tokens: readonly number[], { endToken }: TextFrame): readonly number[] {
  return tokens.at(-1) === endToken ? tokens : [...tokens, endToken];
}

function endsWith(tokens: readonly number[], end: readonly number[]): boolean {
  return end.every((id, i) => tokens[tokens.length - end.length + i] === id);
}
