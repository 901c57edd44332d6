import { IGNORED_LABEL, type Example } from '../example';

/** How the tokens and labels of all examples of a store are written. */
export interface RecordForm {
  /** 2 where the vocabulary allows it: half the disk. */
  readonly tokenBytes: 2 | 4;
  /**
   * mask: a bit a token, set where the label is the token itself, else it is ignored. list: every label, for data that
   * is to learn something else than its own tokens.
   */
  readonly labels: 'mask' | 'list';
}

/** Thrown by {@link encodeRecord} for labels that a mask cannot say. */
export class LabelsDiffer extends Error {}

/** Checksum; source and whether it is truncated; line; record. */
const HEADER_WORDS = 4;

/** Words of 4 bytes that an example takes: a function of its length alone, so that places need not be stored. */
export function recordWords(length: number, { tokenBytes, labels }: RecordForm): number {
  const tokenWords = tokenBytes === 4 ? length : Math.ceil(length / 2);
  return HEADER_WORDS + tokenWords + (labels === 'list' ? length : Math.ceil(length / 32));
}

/** Writes an example into `words` from `at` on. Throws {@link LabelsDiffer} when the form is "mask" and cannot say it. */
export function encodeRecord(example: Example, form: RecordForm, words: Uint32Array, at: number): void {
  const { tokens, labels, source, truncated, line, record } = example;
  const { length } = tokens;
  const whole = words.subarray(at, at + recordWords(length, form)).fill(0);
  whole[1] = 2 * source + (truncated ? 1 : 0);
  whole[2] = line;
  whole[3] = record;
  tokensOf(whole, length, form).set(tokens);
  const labelWords = labelsOf(whole, length, form);
  if (form.labels === 'list') labelWords.set(labels);
  else {
    for (let t = 0; t < length; t++) {
      if (labels[t] === tokens[t]) labelWords[t >> 5] = (labelWords[t >> 5] as number) | (1 << (t & 31));
      else if (labels[t] !== IGNORED_LABEL) throw new LabelsDiffer();
    }
  }
  whole[0] = checksum(whole);
}

/** The example that `whole` holds; undefined when its bytes are not those that were written. */
export function decodeRecord(whole: Uint32Array, length: number, form: RecordForm): Example | undefined {
  if (whole[0] !== checksum(whole)) return undefined;
  const tokens = Int32Array.from(tokensOf(whole, length, form));
  const labelWords = labelsOf(whole, length, form);
  const labels =
    form.labels === 'list'
      ? Int32Array.from(labelWords)
      : tokens.map((token, t) => (((labelWords[t >> 5] as number) >>> (t & 31)) & 1 ? token : IGNORED_LABEL));
  const flags = whole[1] as number;
  return {
    source: flags >>> 1,
    line: whole[2] as number,
    record: whole[3] as number,
    tokens,
    labels,
    truncated: (flags & 1) === 1,
  };
}

function tokensOf(whole: Uint32Array, length: number, { tokenBytes }: RecordForm): Uint16Array | Int32Array {
  const start = whole.byteOffset + 4 * HEADER_WORDS;
  return tokenBytes === 2 ? new Uint16Array(whole.buffer, start, length) : new Int32Array(whole.buffer, start, length);
}

function labelsOf(whole: Uint32Array, length: number, form: RecordForm): Int32Array {
  const labelWords = form.labels === 'list' ? length : Math.ceil(length / 32);
  return new Int32Array(whole.buffer, whole.byteOffset + 4 * (whole.length - labelWords), labelWords);
}

/**
 * FNV-1a over words, the first left out. Each step is a bijection of the sum so far, so a change of any one word always
 * shows; a page of zeros, which a disk that lost power leaves, does not sum to zero.
 */
function checksum(whole: Uint32Array): number {
  let sum = 0x811c9dc5;
  for (let i = 1; i < whole.length; i++) sum = Math.imul(sum ^ (whole[i] as number), 0x01000193);
  return sum >>> 0;
}
