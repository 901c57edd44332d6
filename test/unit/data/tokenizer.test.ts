import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { readableToken } from '../../../src/engine/data/tokenText';
import { EMBEDDED_MODEL, temporaryFolder } from './files';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
});

/** The embedded model's small files, with some changed. */
async function modelFolder(change: Record<string, (json: Record<string, unknown>) => unknown>): Promise<string> {
  const folder = await temporaryFolder();
  await cp(EMBEDDED_MODEL, folder, { recursive: true, filter: (file) => !file.endsWith('.safetensors') });
  for (const [name, edit] of Object.entries(change)) {
    const json = JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
    await writeFile(join(folder, name), JSON.stringify(edit(json) ?? json));
  }
  return folder;
}

test('text comes back from its tokens', async () => {
  const text = 'Pronounce: Queequeg\nwörld 😀\t"x"';
  const ids = await tokenizer.encode(text, true);
  expect(await tokenizer.decode(ids)).toBe(text);
  const batch = (await tokenizer.encodeBatch([text, 'b', ''])).map((own) => [...own]);
  expect(batch).toEqual([ids, await tokenizer.encode('b', false), []]);
});

test('special tokens are known, recognised in text, and left out when decoding', async () => {
  expect(tokenizer.endToken).toBe(0);
  expect(tokenizer.startToken).toBe(0);
  // A text ends with the one, a turn of a conversation with the other.
  expect(tokenizer.stopTokens).toEqual([0, 2]);
  expect(tokenizer.vocabularySize).toBe(4096);
  const ids = await tokenizer.encode('a<|im_end|><|endoftext|>', false);
  expect(ids.slice(1)).toEqual([2, 0]);
  expect(await tokenizer.decode(ids)).toBe('a');
});

test('a token is shown as the text it stands for', async () => {
  const ids = await tokenizer.encode('the ship\nö<|endoftext|>', false);
  expect(ids.map((id) => tokenizer.tokenText(id)).join('')).toBe('the ship\n<0xC3><0xB6><|endoftext|>');
  expect(tokenizer.tokenText(99_999)).toBe('<99999>');
  expect(readableToken('▁word', false)).toBe(' word');
  expect(readableToken('<0x0A>', false)).toBe('<0x0A>');
});

test('truncation that the tokenizer file was saved with does not cut training data', async () => {
  const folder = await modelFolder({
    'tokenizer.json': (json) => ({
      ...json,
      truncation: { direction: 'Right', max_length: 2, strategy: 'LongestFirst', stride: 0 },
      padding: {
        strategy: { Fixed: 64 },
        direction: 'Right',
        pad_to_multiple_of: null,
        pad_id: 0,
        pad_type_id: 0,
        pad_token: 'x',
      },
    }),
  });
  const ids = await (await Tokenizer.load(folder))?.encode('one two three four', false);
  expect(ids).toEqual(await tokenizer.encode('one two three four', false));
});

test('knows what the tokenizer puts around a text', async () => {
  expect([tokenizer.prefix, tokenizer.suffix]).toEqual([[], []]);
  const template = { SpecialToken: { id: '<|im_start|>', type_id: 0 } };
  const folder = await modelFolder({
    'tokenizer.json': (json) => ({
      ...json,
      post_processor: {
        type: 'TemplateProcessing',
        single: [template, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
        special_tokens: { '<|im_start|>': { id: '<|im_start|>', ids: [1], tokens: ['<|im_start|>'] } },
      },
    }),
  });
  const started = await Tokenizer.load(folder);
  expect([started?.prefix, started?.suffix]).toEqual([[1], []]);
});

test('the end token may be an object, or an id of the model, and there may be several to stop at', async () => {
  const object = await modelFolder({
    'tokenizer_config.json': (json) => ({ ...json, eos_token: { content: '<|im_end|>', lstrip: false } }),
    'generation_config.json': (json) => ({ ...json, eos_token_id: [2, 0] }),
  });
  const named = await Tokenizer.load(object);
  expect([named?.endToken, named?.stopTokens]).toEqual([2, [2, 0]]);
  const byId = await modelFolder({ 'tokenizer_config.json': () => ({}) });
  expect((await Tokenizer.load(byId))?.endToken).toBe(0);
});

test('a tokenizer without any end token is refused: its model would never stop', async () => {
  const folder = await modelFolder({
    'tokenizer_config.json': () => ({}),
    'generation_config.json': () => ({}),
    'config.json': () => ({ eos_token_id: null }),
  });
  await expect(Tokenizer.load(folder)).rejects.toThrow(/tokenizer_config\.json: names no end token .* add "eos_token"/);
});

test('a folder without tokenizer.json has no tokenizer, and a broken one is a user error', async () => {
  const folder = await modelFolder({});
  await writeFile(join(folder, 'tokenizer.json'), '{"version": 1}');
  await expect(Tokenizer.load(folder)).rejects.toThrow(/tokenizer\.json: is not a tokenizer that can be read/);
  await rm(join(folder, 'tokenizer.json'));
  expect(await Tokenizer.load(folder)).toBeUndefined();
});

test('a tokenizer.json that is larger than any is refused unread', async () => {
  const folder = await modelFolder({});
  await truncate(join(folder, 'tokenizer.json'), 200_000_001);
  await expect(Tokenizer.load(folder)).rejects.toThrow(
    /tokenizer\.json: has 200000001 bytes, more than the 200000000 that any such file needs; copy or download it again\.$/,
  );
});
