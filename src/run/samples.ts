import { z } from 'zod';

const count = z.int().min(0);

/** A line of samples.jsonl: what was written after a prompt. */
const sampleLineSchema = z.object({
  /** "sample": with what was trained up to `step`. "base": without it, once for each prompt. */
  kind: z.enum(['sample', 'base']),
  step: count,
  /** Place among the prompts of the run. */
  index: count,
  prompt: z.string(),
  text: z.string(),
  /** How the example goes on that the prompt is the beginning of; null for a prompt of the configuration. */
  expected: z.string().nullable(),
  promptTokens: count,
  tokens: count,
  /** Ended by the model, or at `maxTokens`. */
  reason: z.enum(['end', 'length']),
  maxTokens: z.int().min(1),
  temperature: z.number().min(0),
  seed: count,
});

export type SampleLine = z.output<typeof sampleLineSchema>;

/** One line of samples.jsonl; undefined when it is cut or of an unknown kind. */
export function parseSample(line: string): SampleLine | undefined {
  try {
    const parsed = sampleLineSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
