import { describe, expect, it } from 'vitest';
import { isByteLevel, preTokenizersLike } from '../../../../src/engine/export/gguf/preTokenizer';

const byteLevel = (useRegex: boolean, prefix = false): object => ({
  type: 'ByteLevel',
  add_prefix_space: prefix,
  trim_offsets: true,
  use_regex: useRegex,
});
const split = (regex: string, behavior = 'Isolated', invert = false): object => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior,
  invert,
});
const sequence = (...pretokenizers: object[]): object => ({ type: 'Sequence', pretokenizers });

/** As the tokenizer.json files of these models have them. */
const LLAMA3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const QWEN2 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const TEKKEN =
  '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const GPT4O =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

describe('a pre-tokenizer is named', () => {
  it.each<[string, object, boolean, string]>([
    ['GPT-2 and the embedded model', byteLevel(true), false, 'gpt-2'],
    ['SmolLM', sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)), false, 'smollm'],
    ['Llama 3 and SmolLM 3', sequence(split(LLAMA3), byteLevel(false)), true, 'llama-bpe'],
    ['OLMo 2', sequence(split(LLAMA3), byteLevel(false)), false, 'dbrx'],
    ['OLMo 2 in an older form', sequence(split(LLAMA3, 'Removed', true), byteLevel(false)), false, 'dbrx'],
    ['Qwen 2 and 3', sequence(split(QWEN2), byteLevel(false)), false, 'qwen2'],
    ['Mistral Nemo', sequence(split(TEKKEN), byteLevel(false)), true, 'tekken'],
    ['Phi-4 mini', sequence(split(GPT4O), byteLevel(false)), false, 'gpt-4o'],
  ])('%s', (_model, preTokenizer, ignoreMerges, name) => {
    expect(isByteLevel(preTokenizer)).toBe(true);
    const like = preTokenizersLike(preTokenizer);
    expect(like.find((one) => one.ignoreMerges === ignoreMerges)?.name).toBe(name);
  });
});

describe('a pre-tokenizer that llama.cpp does not have is not named like another', () => {
  it.each<[string, object]>([
    ['one character differs', sequence(split(QWEN2.replace('\\p{N}|', '\\p{N}{1,2}|')), byteLevel(false))],
    ['a space is put before', byteLevel(true, true)],
    ['digits in runs', sequence({ type: 'Digits', individual_digits: false }, byteLevel(true))],
    ['cuts are dropped', sequence(split(QWEN2, 'Removed'), byteLevel(false))],
    ['an unknown step', sequence({ type: 'Punctuation' }, byteLevel(true))],
    ['no cut at all', byteLevel(false)],
  ])('%s', (_what, preTokenizer) => {
    expect(preTokenizersLike(preTokenizer)).toEqual([]);
  });

  it('and others are not byte-level', () => {
    expect(isByteLevel(null)).toBe(false);
    expect(isByteLevel({ type: 'Metaspace' })).toBe(false);
    expect(isByteLevel(sequence(split(QWEN2)))).toBe(false);
  });
});
