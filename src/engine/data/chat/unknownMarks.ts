import type { Tokenizer } from '../tokenizer';
import type { ChatTemplate } from './chatTemplate';

/** What templates write around turns: "<|im_start|>", "<start_of_turn>", "</s>". Others, as "[INST]", are often text. */
const MARK = /<\|[^\s|<>'"{}]{1,40}\|>|<(?:start|end)_of_turn>|<\/?s>/g;

/** Marks of a template that its tokenizer takes apart like any text. */
export interface UnknownMarks {
  /** The file that the template is in. */
  readonly file: string;
  readonly marks: readonly string[];
}

/** Most marks to name. */
export const MOST_MARKS = 6;

/**
 * The marks that a template's source writes out and the tokenizer has no token for: a template of another model, whose
 * turns the trained model would never have seen begin and end.
 */
export function unknownMarks(
  { source, file }: ChatTemplate,
  tokenizer: Pick<Tokenizer, 'idOf'>,
): UnknownMarks | undefined {
  const marks = marksIn(source).filter((mark) => tokenizer.idOf(mark) === undefined);
  return marks.length === 0 ? undefined : { file, marks: marks.slice(0, MOST_MARKS) };
}

/** The marks that a text holds, each once. */
export function marksIn(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(MARK), ([mark]) => mark))];
}
