/** Ways to turn a good file into one that means harm, from a stream of numbers in [0, 1). */

export type Random = () => number;
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const below = (random: Random, count: number): number => Math.floor(random() * count);
export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;

/** Numbers on the edges of what integers, offsets and allocations bear. */
const NUMBERS = [-1, 0, 1, 7, 255, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 2 ** 53 + 2, 1e300, -1e300]
  // Not whole, and the smallest that there are.
  .concat([0.5, 1e-320]);
const TEXTS = [
  '',
  '../../etc/passwd',
  '/dev/zero',
  'C:\\windows',
  'a\u0000b',
  'two\nlines\u2028',
  '__proto__',
  '\ud800',
  'x'.repeat(20_000),
];

/** Any JSON value that a careless reader would trip over. */
function hostile(random: Random): Json {
  switch (below(random, 6)) {
    case 0:
      return pick(random, NUMBERS);
    case 1:
      return pick(random, TEXTS);
    case 2:
      return pick<Json>(random, [null, true, false, [], {}, [[]], [null]]);
    case 3:
      return nested(below(random, 2000));
    case 4:
      return Array.from({ length: below(random, 3000) }, () => pick(random, NUMBERS));
    default:
      return { constructor: 1, prototype: [], toString: 'x', length: 2 ** 40 };
  }
}

function nested(depth: number): Json {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Replaces, removes, renames or adds one value somewhere in a JSON document. */
export function mutateJson(value: Json, random: Random): Json {
  if (typeof value !== 'object' || value === null || random() < 0.08) return hostile(random);
  if (Array.isArray(value)) {
    const copy = [...value];
    const at = below(random, copy.length + 1);
    if (at === copy.length || random() < 0.1) copy.splice(at, below(random, 2), hostile(random));
    else copy[at] = mutateJson(copy[at]!, random);
    return copy;
  }
  const keys = Object.keys(value);
  if (keys.length === 0 || random() < 0.1)
    return { ...value, [pick(random, [...TEXTS, 'shape', 'dtype'])]: hostile(random) };
  const key = pick(random, keys);
  if (random() < 0.15) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return { ...value, [key]: mutateJson(value[key]!, random) };
}

/** Flips, cuts, doubles, inserts or overwrites bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  // Headers are at the front and footers at the end: most damage goes there.
  const place = (): number => {
    const near = below(random, Math.min(copy.length, 512));
    return [near, copy.length - 1 - near, below(random, copy.length)][below(random, 3)]!;
  };
  switch (below(random, 6)) {
    case 0:
      for (let i = 0; i <= below(random, 8); i++) copy[place()]! ^= 1 << below(random, 8);
      return copy;
    case 1:
      return copy.subarray(0, place());
    case 2: {
      const at = place();
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at - below(random, at + 1))]);
    }
    case 3: {
      const at = place();
      const inserted = Buffer.from(Array.from({ length: 1 + below(random, 40) }, () => below(random, 256)));
      return Buffer.concat([copy.subarray(0, at), inserted, copy.subarray(at)]);
    }
    case 4: {
      const at = Math.min(place(), Math.max(0, copy.length - 8));
      if (copy.length >= 8)
        copy.writeBigUInt64LE(pick(random, [2n ** 63n, 2n ** 64n - 1n, 2n ** 40n, 0n, 1n, 100_000_001n]), at);
      return copy;
    }
    default:
      return Buffer.concat([copy, copy]);
  }
}

/** A JSON text with one value changed, or its bytes. */
export function mutateJsonText(text: string, random: Random): Buffer {
  if (random() < 0.35) return mutateBytes(Buffer.from(text), random);
  if (random() < 0.03) return Buffer.from('['.repeat(200_000));
  return Buffer.from(JSON.stringify(mutateJson(JSON.parse(text) as Json, random)));
}

/** A safetensors file with its header changed as JSON, its length made to fit again, or its bytes. */
export function mutateSafetensors(bytes: Buffer, random: Random): Buffer {
  if (random() < 0.4) return mutateBytes(bytes, random);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = mutateJsonText(bytes.toString('utf8', 8, end), random);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([prefix, header, bytes.subarray(end)]);
}

/** JSON Lines with one line changed, or its bytes. */
export function mutateJsonLines(text: string, random: Random): Buffer {
  const lines = text.trimEnd().split('\n');
  const at = below(random, lines.length);
  const changed = mutateJsonText(lines[at]!, random);
  return Buffer.concat([
    Buffer.from(
      lines
        .slice(0, at)
        .map((line) => `${line}\n`)
        .join(''),
    ),
    changed,
    Buffer.from(
      lines
        .slice(at + 1)
        .map((line) => `\n${line}`)
        .join(''),
    ),
  ]);
}
