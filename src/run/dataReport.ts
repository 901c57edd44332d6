import { z } from 'zod';

const count = z.int().min(0);

/** How often, and where first: "file:line". */
const occurrencesSchema = z.object({ count, first: z.string().nullable() });

/** Why something that could have been an example is left out. */
export const DROP_REASONS = ['nothingToLearn', 'promptTooLong', 'tooLong', 'boundary'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What can be unwise about data, see src/engine/training/dataProblems.ts. */
export const DATA_PROBLEMS = [
  'mostlyDropped',
  'mostlyCut',
  'altered',
  'doubledStart',
  'missingStart',
  'unended',
  'unknownMarks',
  'heldOut',
] as const;

const problemSchema = z.object({
  kind: z.enum(DATA_PROBLEMS),
  /** How many it concerns, and of how many. */
  count,
  of: count,
  /** Where first: "file:line"; the file of the chat template where it is the template's. */
  first: z.string().nullable(),
  /** What the template writes though the tokenizer does not know it. */
  marks: z.array(z.string()).optional(),
});

export type DataProblem = z.output<typeof problemSchema>;

const sideSchema = z.object({ examples: count, tokens: count, supervisedTokens: count });

/** What became of the data of a run: data.json of a run directory, and part of a plan. */
const dataReportSchema = z.object({
  files: count,
  /** Lines, rows, items or text files that were read. */
  records: count,
  train: sideSchema,
  validation: sideSchema,
  /** Tokens of the longest example. */
  longest: count,
  /** Fewest learned tokens of an example. */
  fewestSupervised: count,
  /** Examples that lost their end. */
  cut: occurrencesSchema,
  /** Texts that became several windows, and the examples that they became. */
  windowed: count,
  windows: count,
  /** Conversations, and the texts that they became: more where a template rewrites earlier turns. */
  conversations: count,
  conversationTexts: count,
  /** Examples that begin with no start token, with one, with more; null when the model has no start token. */
  startTokens: z.object({ none: count, one: count, several: count }).nullable(),
  /** Examples that reach the end of what was written, and those of them that learn a token at which generation stops. */
  complete: count,
  ended: count,
  /** What is left out, by reason: in words that follow the number. */
  dropped: z.array(occurrencesSchema.extend({ reason: z.enum(DROP_REASONS).optional(), why: z.string() })),
  /** How much of the rows that a step computes is tokens; null when nothing is trained on. */
  packing: z.object({ rowLength: count, efficiency: z.number() }).nullable(),
  /** What is unwise about it. Absent from the reports of older versions. */
  problems: z.array(problemSchema).default([]),
  /** The same, one sentence each. */
  warnings: z.array(z.string()),
});

export type DataReport = z.output<typeof dataReportSchema>;

/** Reads the content of data.json. Undefined when it is malformed or of another version. */
export function parseDataReport(text: string): DataReport | undefined {
  try {
    const parsed = dataReportSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
