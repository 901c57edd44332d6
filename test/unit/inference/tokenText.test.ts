import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { TokenText } from '../../../src/engine/inference/tokenText';
import { StopStrings } from '../../../src/engine/inference/stopStrings';
import { EMBEDDED_MODEL } from '../data/files';

type Decoder = ConstructorParameters<typeof TokenText>[0];

async function pieces(tokenizer: Decoder, tokens: readonly number[]): Promise<string[]> {
  const text = new TokenText(tokenizer);
  const found: string[] = [];
  for (const token of tokens) found.push(await text.push(token));
  return found;
}

describe('the text of tokens as they come', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
  });

  it('joins to the text of all of them, and never shows half a character', async () => {
    const text = 'Ahoy, wörld — 日本語 😀!\n\tend';
    const tokens = await tokenizer.encode(text, false);
    expect(tokens.length).toBeGreaterThan(Array.from(text).length / 2);
    const found = await pieces(tokenizer, tokens);
    expect(found.join('')).toBe(text);
    expect(found.filter((piece) => piece.includes('\uFFFD'))).toEqual([]);
    // The bytes of 😀 come one by one, and the character with the last of them.
    expect(found.filter((piece) => piece === '').length).toBeGreaterThanOrEqual(3);
  });

  it('goes on after bytes that are no character', async () => {
    const [half] = await tokenizer.encode('ö', false);
    const rest = await tokenizer.encode('abc', false);
    expect((await pieces(tokenizer, [half!, ...rest])).join('')).toBe('\uFFFDabc');
  });

  it('keeps the spaces of a decoder that drops the first', async () => {
    const vocab = { '<unk>': 0, '▁the': 1, '▁ship': 2, s: 3, '<0xC3>': 4, '<0xB6>': 5 };
    const native = NativeTokenizer.fromString(
      JSON.stringify({
        version: '1.0',
        truncation: null,
        padding: null,
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: null,
        post_processor: null,
        decoder: {
          type: 'Sequence',
          decoders: [
            { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
            { type: 'ByteFallback' },
            { type: 'Fuse' },
            { type: 'Strip', content: ' ', start: 1, stop: 0 },
          ],
        },
        model: { type: 'BPE', vocab, merges: [], byte_fallback: true, unk_token: '<unk>' },
      }),
    );
    const decoder: Decoder = { decode: (ids) => native.decode([...ids], true) };
    expect(await pieces(decoder, [1, 2, 3, 4, 5, 1])).toEqual(['the', ' ship', 's', '', 'ö', ' the']);
  });
});

describe('stop strings', () => {
  function through(stops: readonly string[], parts: readonly string[]): { told: string[]; stopped: boolean } {
    const strings = new StopStrings(stops);
    const told: string[] = [];
    for (const part of parts) {
      const { text, stopped } = strings.push(part);
      told.push(text);
      if (stopped) return { told, stopped };
    }
    told.push(strings.finish());
    return { told, stopped: false };
  }

  it('end the text before them, also when they come in pieces', () => {
    expect(through(['\nUser:'], ['Aye', '.\n', 'Us', 'er', ': no'])).toEqual({
      told: ['Aye', '.', '', '', ''],
      stopped: true,
    });
  });

  it('hold back a beginning, and let it go when something else follows or nothing', () => {
    expect(through(['END'], ['the E', 'N', 'emy', ' EN'])).toEqual({
      told: ['the ', '', 'ENemy', ' ', 'EN'],
      stopped: false,
    });
  });

  it('hold back no more than a beginning that overlaps itself needs', () => {
    expect(through(['aab'], ['aa', 'a', 'ab'])).toEqual({ told: ['', 'a', 'a'], stopped: true });
  });

  it('the first of several ends the text', () => {
    expect(through(['three', 'two'], ['one two three'])).toEqual({ told: ['one '], stopped: true });
  });

  it('none lets everything through at once', () => {
    expect(through([], ['a', 'b'])).toEqual({ told: ['a', 'b', ''], stopped: false });
  });
});
