import { expect, test } from 'vitest';
import { labelSpans } from '../../../../src/engine/data/chat/labelSpans';
import type { Span } from '../../../../src/engine/data/chat/turns';

/** Tokens 1, 2, … that lie one behind the other, as long as `lengths` in code points. */
function tokens(...lengths: number[]): { ids: number[]; offsets: number[][] } {
  let at = 0;
  return { ids: lengths.map((_, index) => index + 1), offsets: lengths.map((length) => [at, (at += length)]) };
}

const span = (start: number, end: number, reach = end): Span => ({ start, end, reach });

const learned = (...found: Parameters<typeof labelSpans>): number[] =>
  [...labelSpans(...found).labels].filter((id) => id > 0);

test('tokens within a span are learned, others are not', () => {
  const found = labelSpans({ text: 'abcdefgh', spans: [span(2, 4), span(6, 8)] }, tokens(2, 1, 1, 2, 2));
  expect([...found.tokens]).toEqual([1, 2, 3, 4, 5]);
  expect([...found.labels]).toEqual([-100, 2, 3, -100, 5]);
  expect(found.straddled).toEqual([]);
});

test('a token may reach into white space after a span, but not past it', () => {
  const text = 'ab.\n\ncd';
  // "." and both newlines are one token, as in many vocabularies.
  expect(learned({ text, spans: [span(0, 3, 5)] }, tokens(1, 1, 3, 2))).toEqual([1, 2, 3]);
  expect(learned({ text, spans: [span(0, 3, 5)] }, tokens(1, 1, 4, 1))).toEqual([1, 2]);
  // White space that is a token of its own is no part of the span.
  expect(learned({ text, spans: [span(0, 3, 5)] }, tokens(1, 1, 1, 2, 2))).toEqual([1, 2, 3]);
});

test('a token across the start of a span is told, by UTF-16 index', () => {
  const found = labelSpans({ text: '🐋🐋\n\nx', spans: [span(5, 7)] }, tokens(2, 2, 1));
  expect(found.straddled).toEqual([5]);
  expect([...found.labels]).toEqual([-100, -100, 3]);
});

test('spans are by UTF-16 index, places of tokens by code point, and bytes of one character share its place', () => {
  // The whale is two UTF-16 units and one code point; as two tokens both have its place.
  const text = 'a🐋b🐋c';
  const bytes = {
    ids: [1, 2, 3, 4, 5, 6],
    offsets: [
      [0, 1],
      [1, 2],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ],
  };
  expect(learned({ text, spans: [span(1, 4)] }, bytes)).toEqual([2, 3, 4]);
  expect(learned({ text, spans: [span(4, 6)] }, bytes)).toEqual([5]);
  expect(learned({ text, spans: [span(6, 7)] }, bytes)).toEqual([6]);
});

test('a token without characters belongs to what stands before it', () => {
  const empty = {
    ids: [1, 2, 3],
    offsets: [
      [0, 1],
      [1, 1],
      [1, 2],
    ],
  };
  expect(learned({ text: 'ab', spans: [span(1, 2)] }, empty)).toEqual([3]);
  expect(learned({ text: 'ab', spans: [span(0, 2)] }, empty)).toEqual([1, 2, 3]);
});
