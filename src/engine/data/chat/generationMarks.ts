import type { Span } from './turns';

/** Private characters: no text has a use for them, and no white space control or filter of a template touches them. */
const OPEN = '\uE0F1';
const CLOSE = '\uE0F2';

const TAG = /\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}/g;

/** Whether a template says by {% generation %} what the assistant writes. */
export function hasGenerationTags(source: string): boolean {
  return source.search(TAG) >= 0;
}

/**
 * The source of a template with each {% generation %} written as a statement that prints a mark, or nothing: the tag is
 * an extension of transformers. A statement, so that white space around it is treated as around the tag.
 */
export function replaceGenerationTags(source: string, withMarks: boolean): string {
  return source.replace(TAG, (_, before: string, end: string | undefined, after: string) => {
    const mark = end === undefined ? OPEN : CLOSE;
    return `{%${before} if true %}${withMarks ? mark : ''}{% endif ${after}%}`;
  });
}

/**
 * What lies between the marks of a rendered text, as places in `plain`, the same text without them; undefined when the
 * two differ or the marks do not alternate.
 */
export function readMarks(marked: string, plain: string): Span[] | undefined {
  if (plain.includes(OPEN) || plain.includes(CLOSE)) return undefined;
  const spans: Span[] = [];
  let text = '';
  let start: number | undefined;
  for (const part of marked.split(/([\uE0F1\uE0F2])/)) {
    if (part === OPEN) {
      if (start !== undefined) return undefined;
      start = text.length;
    } else if (part === CLOSE) {
      if (start === undefined) return undefined;
      if (text.length > start) spans.push({ start, end: text.length, reach: text.length });
      start = undefined;
    } else {
      text += part;
    }
  }
  return start === undefined && text === plain ? spans : undefined;
}
