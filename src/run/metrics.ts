import { z } from 'zod';

// JSON has no NaN or Infinity: a loss that is not finite is written as null.
const figure = z.number().nullable();

/** One optimizer step. */
const stepMetricSchema = z.object({
  kind: z.literal('step'),
  step: z.int(),
  /** Passes over the data so far, with a fraction. */
  epoch: z.number(),
  /** Tokens of this step, padding not counted. */
  tokens: z.int(),
  supervisedTokens: z.int(),
  /** Mean over the supervised tokens of the step, before its update. Nats. */
  loss: figure,
  learningRate: z.number(),
  /** Global norm of the gradient before clipping. */
  gradNorm: figure,
  tokensPerSecond: figure,
  residentBytes: z.number(),
  /** Since the start of training, pauses left out. */
  seconds: z.number(),
});

/** One evaluation on the validation examples. */
const evaluationMetricSchema = z.object({
  kind: z.literal('evaluation'),
  step: z.int(),
  /** Mean over all supervised validation tokens. Nats. */
  loss: figure,
  /** Share of supervised validation tokens that the model ranks first. */
  accuracy: figure,
});

const metricSchema = z.discriminatedUnion('kind', [stepMetricSchema, evaluationMetricSchema]);

export type StepMetric = z.output<typeof stepMetricSchema>;
export type EvaluationMetric = z.output<typeof evaluationMetricSchema>;
export type Metric = z.output<typeof metricSchema>;

/** One line of metrics.jsonl; undefined when it is cut or of an unknown kind. */
export function parseMetric(line: string): Metric | undefined {
  try {
    const parsed = metricSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A number as JSON can carry it. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
