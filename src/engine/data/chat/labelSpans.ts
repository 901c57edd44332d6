import { IGNORED_LABEL, type LabelledTokens } from '../example';
import type { RenderedText } from './turns';

/** Tokens of a text and where each stands in it, by code point: [first, after the last]. */
export interface TokensInText {
  readonly ids: readonly number[];
  readonly offsets: readonly (readonly number[])[];
}

export interface LabelledSpans extends LabelledTokens {
  /** Where tokens lie across the start of a span, by UTF-16 index: the text has to be tokenized in two there. */
  readonly straddled: readonly number[];
}

/** Labels the tokens that lie in the spans of a text; of one that also holds white space after its span, too. */
export function labelSpans({ text, spans }: RenderedText, { ids, offsets }: TokensInText): LabelledSpans {
  const tokens = Int32Array.from(ids);
  const labels = new Int32Array(ids.length).fill(IGNORED_LABEL);
  const straddled: number[] = [];
  const codePoint = codePointCounter(text);
  let at = 0;
  for (const span of spans) {
    const [start, end, reach] = [codePoint(span.start), codePoint(span.end), codePoint(span.reach)];
    // The bytes of one character can be several tokens, all with its place; a token without characters has none.
    while (at < ids.length && last(offsets[at]) <= start) at++;
    if (at < ids.length && first(offsets[at]) < start) straddled.push(span.start);
    for (; at < ids.length && first(offsets[at]) < end; at++) {
      if (first(offsets[at]) >= start && last(offsets[at]) <= reach) labels[at] = ids[at] as number;
    }
  }
  return { tokens, labels, straddled };
}

/** Code points before a UTF-16 index; quick when asked with ascending ones. */
function codePointCounter(text: string): (index: number) => number {
  if (!/[\uD800-\uDBFF]/.test(text)) return (index) => index;
  let at = 0;
  let points = 0;
  return (index) => {
    if (index < at) at = points = 0;
    for (; at < index; points++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return points;
  };
}

function first(offset: readonly number[] | undefined): number {
  return offset?.[0] ?? 0;
}

function last(offset: readonly number[] | undefined): number {
  return offset?.[1] ?? 0;
}
