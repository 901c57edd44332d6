import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GgufValue } from '../../../../src/engine/export/gguf/metadataValue';
import { tokenizerMetadata } from '../../../../src/engine/export/gguf/tokenizerMetadata';
import { EMBEDDED_MODEL } from '../../checkpoint/adapters';
import { temporaryFolder } from '../../weights/bytes';

type Json = Record<string, unknown>;

async function folderWith(tokenizer: Json, config: Json = { eos_token: '</s>' }): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return folder;
}

async function metadataOf(
  folder: string,
  size: number,
): Promise<{ get: (key: string) => unknown; notes: readonly string[] }> {
  const { metadata, notes } = await tokenizerMetadata(folder, size);
  const map = new Map(metadata);
  const plain = (value: GgufValue | undefined): unknown =>
    value?.type === 'array' ? Array.from(value.values as ArrayLike<unknown>) : value?.value;
  return { get: (key) => plain(map.get(`tokenizer.${key}`)), notes };
}

/** The kinds of llama.cpp. */
const [NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE] = [1, 2, 3, 4, 5, 6];

const added = (id: number, content: string, special: boolean, more: Json = {}): Json => ({
  id,
  content,
  special,
  normalized: false,
  single_word: false,
  lstrip: false,
  rstrip: false,
  ...more,
});

describe('a byte-level tokenizer', () => {
  it('is that of the embedded model, with its marks and its chat template', async () => {
    const { get, notes } = await metadataOf(EMBEDDED_MODEL, 4096);
    expect(notes).toEqual([]);
    expect(get('ggml.model')).toBe('gpt2');
    expect(get('ggml.pre')).toBe('gpt-2');
    const tokens = get('ggml.tokens') as string[];
    expect(tokens).toHaveLength(4096);
    expect(tokens.slice(0, 4)).toEqual(['<|endoftext|>', '<|im_start|>', '<|im_end|>', '!']);
    expect((get('ggml.token_type') as number[]).slice(0, 4)).toEqual([CONTROL, CONTROL, CONTROL, NORMAL]);
    expect((get('ggml.merges') as string[]).slice(0, 2)).toEqual(['Ġ t', 'h e']);
    expect([get('ggml.bos_token_id'), get('ggml.eos_token_id'), get('ggml.padding_token_id')]).toEqual([0, 0, 0]);
    expect([get('ggml.add_bos_token'), get('ggml.add_eos_token')]).toEqual([false, false]);
    expect(get('chat_template')).toBe(await readFile(join(EMBEDDED_MODEL, 'chat_template.jinja'), 'utf8'));
  });

  const model = (more: Json = {}): Json => ({
    type: 'BPE',
    vocab: { a: 0, b: 1, ab: 2 },
    merges: [['a', 'b']],
    ...more,
  });
  const file = (more: Json = {}): Json => ({
    added_tokens: [added(3, '</s>', true)],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: model(),
    ...more,
  });

  it('gets names for rows of embeddings without a token, and loses tokens without a row', async () => {
    const tokens = [added(3, '</s>', true), added(5, '<tool>', false), added(9, '<far>', false)];
    const { get, notes } = await metadataOf(await folderWith(file({ added_tokens: tokens })), 8);
    expect(get('ggml.tokens')).toEqual(['a', 'b', 'ab', '</s>', '[PAD4]', '<tool>', '[PAD6]', '[PAD7]']);
    expect(get('ggml.token_type')).toEqual([NORMAL, NORMAL, NORMAL, CONTROL, UNUSED, USER_DEFINED, UNUSED, UNUSED]);
    expect(notes).toEqual(['The tokens "<far>" are left out: the model has embeddings for the first 8 only.']);
  });

  it('calls control what looks like it though its file does not', async () => {
    const tokens = [
      added(3, '</s>', true),
      added(4, '<|x|>', false),
      added(5, '<unused7>', false),
      added(6, '<x>', false),
    ];
    const { get } = await metadataOf(await folderWith(file({ added_tokens: tokens })), 7);
    expect((get('ggml.token_type') as number[]).slice(3)).toEqual([CONTROL, CONTROL, CONTROL, USER_DEFINED]);
  });

  it('says that it puts its start token before a text, and stops at every end token', async () => {
    const tokens = [added(3, '</s>', true), added(4, '<s>', true), added(5, '<turn>', true)];
    const processor = {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [4], tokens: ['<s>'] } },
    };
    const folder = await folderWith(file({ added_tokens: tokens, post_processor: processor }), {
      eos_token: '</s>',
      bos_token: { content: '<s>' },
      pad_token: '</s>',
    });
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ eos_token_id: [3, 5] }));
    const { get } = await metadataOf(folder, 6);
    expect([get('ggml.add_bos_token'), get('ggml.add_eos_token')]).toEqual([true, false]);
    expect([get('ggml.bos_token_id'), get('ggml.eos_token_id'), get('ggml.eot_token_id')]).toEqual([4, 3, 5]);
  });

  it('takes several chat templates by their names', async () => {
    const templates = [
      { name: 'default', template: 'A' },
      { name: 'tool_use', template: 'B' },
    ];
    const folder = await folderWith(file(), { eos_token: '</s>', chat_template: templates });
    const { get } = await metadataOf(folder, 4);
    expect([get('chat_template'), get('chat_templates'), get('chat_template.tool_use')]).toEqual([
      'A',
      ['tool_use'],
      'B',
    ]);
  });

  it('tells what llama.cpp leaves out', async () => {
    const tokens = [added(3, '</s>', true, { rstrip: true })];
    const folder = await folderWith(file({ normalizer: { type: 'NFC' }, added_tokens: tokens }));
    const { notes } = await metadataOf(folder, 4);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/keeps the spaces around special tokens.*"<\/s>"/);
    expect(notes[1]).toMatch(/does not compose characters \(NFC\)/);
  });

  it('is named by its cuts alone where it makes no difference whether words are taken whole', async () => {
    // GPT-2's cuts, under which llama.cpp puts words together.
    const whole = (more: Json): Json => file({ model: model({ ignore_merges: true, ...more }) });
    expect((await metadataOf(await folderWith(whole({})), 4)).get('ggml.pre')).toBe('gpt-2');
    // Nothing makes "ab" but taking it whole.
    const folder = await folderWith(whole({ merges: [] }));
    await expect(metadataOf(folder, 4)).rejects.toThrow('cuts words by a rule');
  });

  it('keeps a token that is named like a property of every object', async () => {
    const text = JSON.stringify(file()).replace('"ab":2', '"__proto__":2').replace('["a","b"]', '["__pro","to__"]');
    const folder = await folderWith(file());
    await writeFile(join(folder, 'tokenizer.json'), text.replace('"merges":[["__pro","to__"]]', '"merges":[]'));
    expect((await metadataOf(folder, 4)).get('ggml.tokens')).toEqual(['a', 'b', '__proto__', '</s>']);
  });

  it.each<[string, Json]>([
    [
      'cuts words by a rule',
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ type: 'Punctuation' }, { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true }],
        },
      },
    ],
    ['changes the text before it is cut', { normalizer: { type: 'Lowercase' } }],
    ['marks the inside or the end of words', { model: model({ end_of_word_suffix: '</w>' }) }],
    [
      'are both "</s>"',
      { added_tokens: [added(3, '</s>', true)], model: model({ vocab: { a: 0, b: 1, '</s>': 2 }, merges: [] }) },
    ],
  ])('is refused when it %s', async (what, more) => {
    await expect(metadataOf(await folderWith(file(more)), 4)).rejects.toThrow(what);
  });
});

describe('a SentencePiece-like tokenizer', () => {
  const bytes = Object.fromEntries(
    Array.from({ length: 256 }, (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, byte + 3]),
  );
  const vocab = { '<unk>': 0, '<s>': 1, '</s>': 2, ...bytes, '▁': 259, a: 260, b: 261, ab: 262, '▁a': 263, '▁ab': 264 };
  const merges = ['a b', '▁ a', '▁a b', '▁ ab'];
  const normalizer = {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  };
  const file = (more: Json = {}, model: Json = {}): Json => ({
    added_tokens: [added(0, '<unk>', true), added(1, '<s>', true), added(2, '</s>', true), added(265, '▁▁', false)],
    normalizer,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', vocab, merges, byte_fallback: true, fuse_unk: true, unk_token: '<unk>', ...model },
    ...more,
  });
  const config = { eos_token: '</s>', bos_token: '<s>', unk_token: '<unk>' };

  it('has the scores of SentencePiece: minus the rank of a token among those that are joined', async () => {
    const { get } = await metadataOf(await folderWith(file(), config), 267);
    expect(get('ggml.model')).toBe('llama');
    const scores = get('ggml.scores') as number[];
    expect(scores.slice(259)).toEqual([-0, -0, -0, -0, -1, -2, -1000, -0]);
    expect(scores.slice(0, 3)).toEqual([-1000, -1000, -1000]);
    const kinds = get('ggml.token_type') as number[];
    expect(kinds.slice(0, 4)).toEqual([UNKNOWN, CONTROL, CONTROL, BYTE]);
    expect(kinds.slice(258)).toEqual([BYTE, NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, USER_DEFINED, UNUSED]);
    // Matched against what the user writes.
    expect((get('ggml.tokens') as string[])[265]).toBe('  ');
    expect(get('ggml.unknown_token_id')).toBe(0);
  });

  it.each<[string, Json, boolean]>([
    ['Llama 2', { normalizer }, true],
    [
      'Gemma',
      {
        normalizer: normalizer.normalizers[1]!,
        pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
      },
      false,
    ],
    [
      'Mistral',
      {
        normalizer: null,
        pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
      },
      true,
    ],
    [
      'one that adds none',
      {
        normalizer: null,
        pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: false },
      },
      false,
    ],
  ])('says whether a space is put before a text: %s', async (_model, more, prefix) => {
    const { get } = await metadataOf(await folderWith(file(more), config), 266);
    expect(get('ggml.add_space_prefix')).toBe(prefix);
  });

  it.each<[string, Json, Json]>([
    [
      'changes or cuts the text',
      {
        pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
        normalizer: null,
      },
      {},
    ],
    ['changes or cuts the text', { normalizer: { type: 'NFKC' } }, {}],
    // "▁ab" could be joined from "▁" and "ab", which no merge allows.
    ['joins tokens in an order', {}, { merges: ['a b', '▁ a', '▁a b'] }],
    // The pairs of "▁ab" do not stand together.
    ['joins tokens in an order', {}, { merges: ['▁a b', 'a b', '▁ a', '▁ ab'] }],
    ['neither a byte-level encoding nor one with a token for each byte', {}, { byte_fallback: false }],
  ])('is refused when it %s otherwise', async (what, more, model) => {
    await expect(metadataOf(await folderWith(file(more, model), config), 266)).rejects.toThrow(what);
  });
});

describe('a folder', () => {
  it('without a tokenizer gives a file without one, and says so', async () => {
    const { get, notes } = await metadataOf(await temporaryFolder(), 4);
    expect(get('ggml.model')).toBe('none');
    expect(notes[0]).toMatch(/has no tokenizer\.json, so the GGUF file has no tokenizer and takes token ids only\.$/);
  });

  it('with a tokenizer.model alone is refused', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'tokenizer.model'), 'x');
    await expect(metadataOf(folder, 4)).rejects.toThrow(/save_pretrained/);
  });

  it('with a tokenizer of another kind is refused', async () => {
    const folder = await temporaryFolder();
    await cp(EMBEDDED_MODEL, folder, { recursive: true });
    const unigram = {
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: [
          ['<unk>', 0],
          ['<|endoftext|>', -1],
          ['a', -2],
        ],
      },
    };
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(unigram));
    await expect(metadataOf(folder, 4)).rejects.toThrow(/is a tokenizer of the kind "Unigram"/);
  });
});
