import { z } from 'zod';

/** A step that cuts a text into words before pairs are joined: a regular expression, or a rule of the library. */
type Step = { readonly regex: string } | 'gpt2' | 'digits';

const step = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Sequence'), pretokenizers: z.array(z.unknown()).max(16) }),
  z.object({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.boolean().default(true),
    use_regex: z.boolean().default(true),
  }),
  z.object({ type: z.literal('Digits'), individual_digits: z.boolean().default(false) }),
  z.object({
    type: z.literal('Split'),
    pattern: z.object({ Regex: z.string() }),
    behavior: z.string(),
    invert: z.boolean().default(false),
  }),
]);

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const LETTERS = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const SPACES = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const SYMBOLS = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`;
const SYMBOLS_AND_SLASHES = String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`;
const CASED = String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`;
const CAPITALS = String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`;

/** The expression of tiktoken's cl100k, with how many digits make a word. */
const cl100k = (digits: string): string => [CONTRACTIONS, LETTERS, digits, SYMBOLS, SPACES].join('|');

/**
 * Names of `tokenizer.ggml.pre` for which llama.cpp cuts words by the same rule. It knows a tokenizer by the tokens of a
 * test text; the rule itself says the same, and also holds for a vocabulary that nobody has published.
 */
const KNOWN: readonly (PreTokenizer & { readonly steps: readonly Step[] })[] = [
  { name: 'gpt-2', steps: ['gpt2'], ignoreMerges: false },
  { name: 'smollm', steps: ['digits', 'gpt2'], ignoreMerges: false },
  { name: 'llama-bpe', steps: [{ regex: cl100k(String.raw`\p{N}{1,3}`) }], ignoreMerges: true },
  { name: 'dbrx', steps: [{ regex: cl100k(String.raw`\p{N}{1,3}`) }], ignoreMerges: false },
  { name: 'qwen2', steps: [{ regex: cl100k(String.raw`\p{N}`) }], ignoreMerges: false },
  {
    name: 'tekken',
    steps: [{ regex: [CASED, CAPITALS, String.raw`\p{N}`, SYMBOLS_AND_SLASHES, SPACES].join('|') }],
    ignoreMerges: true,
  },
  {
    name: 'gpt-4o',
    steps: [
      {
        regex: [
          `${CASED}${CONTRACTIONS}?`,
          `${CAPITALS}${CONTRACTIONS}?`,
          String.raw`\p{N}{1,3}`,
          SYMBOLS_AND_SLASHES,
          SPACES,
        ].join('|'),
      },
    ],
    ignoreMerges: false,
  },
];

/** Whether words are cut at the level of bytes, written as letters (GPT-2 and what came after it). */
export function isByteLevel(preTokenizer: unknown): boolean {
  const parsed = step.safeParse(preTokenizer);
  if (parsed.data?.type === 'Sequence') return parsed.data.pretokenizers.some(isByteLevel);
  return parsed.data?.type === 'ByteLevel';
}

/** A `tokenizer.ggml.pre`, and whether llama.cpp takes words that are tokens whole under that name. */
export interface PreTokenizer {
  readonly name: string;
  readonly ignoreMerges: boolean;
}

/** The names for what a byte-level pre-tokenizer does; none when llama.cpp does not do it. */
export function preTokenizersLike(preTokenizer: unknown): PreTokenizer[] {
  const steps = stepsOf(preTokenizer);
  return steps === undefined ? [] : KNOWN.filter((known) => isSame(known.steps, steps));
}

/** The steps that cut; undefined when one of them is none of ours. */
function stepsOf(preTokenizer: unknown): Step[] | undefined {
  const parsed = step.safeParse(preTokenizer);
  if (!parsed.success) return undefined;
  switch (parsed.data.type) {
    case 'Sequence': {
      const steps: Step[] = [];
      for (const part of parsed.data.pretokenizers) {
        const inner = stepsOf(part);
        if (inner === undefined) return undefined;
        steps.push(...inner);
      }
      return steps;
    }
    case 'ByteLevel':
      if (parsed.data.add_prefix_space) return undefined;
      return parsed.data.use_regex ? ['gpt2'] : [];
    case 'Digits':
      return parsed.data.individual_digits ? ['digits'] : undefined;
    case 'Split': {
      const { pattern, behavior, invert } = parsed.data;
      // Keeping what matches, or cutting at what does not: the expressions match everything, so it is the same.
      const cuts = (behavior === 'Isolated' && !invert) || (behavior === 'Removed' && invert);
      return cuts ? [{ regex: pattern.Regex }] : undefined;
    }
  }
}

function isSame(a: readonly Step[], b: readonly Step[]): boolean {
  const text = (one: Step): string => (typeof one === 'string' ? one : `/${one.regex}`);
  return a.length === b.length && a.every((one, index) => text(one) === text(b[index] as Step));
}
