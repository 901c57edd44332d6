/** What is asked of a model on data that it is measured on, and how it did. */

export interface EvaluateParams {
  /** Content of a configuration (parsed JSON, not yet validated): its model, validation or else training data, compute. */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  /** Absolute adapter folder. */
  readonly adapter?: string;
  /** Whether the model is evaluated without the adapter too. */
  readonly base: boolean;
  /** Whether to count exact matches. */
  readonly exactMatch: boolean;
  /** Only the first so many examples; null for all. */
  readonly limit: number | null;
  /** Most rows of a batch; null for as many as are fast and fit. */
  readonly rows: number | null;
}

/** How a model predicts what is supervised of the data. */
export interface ModelEvaluation {
  /** Mean negative log-likelihood over the supervised tokens. Nats. */
  readonly loss: number;
  /** e^loss; null where that is beyond all numbers. */
  readonly perplexity: number | null;
  /** Share of supervised tokens that the model ranks first. */
  readonly accuracy: number;
  /** Share of examples that greedy decoding completes token for token, end token included; null where not asked for. */
  readonly exactMatch: number | null;
  /** Time for all batches; loading is not counted. */
  readonly seconds: number;
}

export interface EvaluationReport {
  readonly model: string;
  readonly adapter: string | null;
  readonly data: {
    readonly files: readonly string[];
    readonly examples: number;
    /** Examples that there are, of which the first were taken. */
    readonly available: number;
    readonly tokens: number;
    readonly supervisedTokens: number;
    /** Examples that lost their end, and are judged by what is left of it. */
    readonly cut: number;
  };
  /** The model without the adapter; null where not asked for. */
  readonly base: ModelEvaluation | null;
  /** With it; null without one. */
  readonly adapted: ModelEvaluation | null;
  /** What is odd about the adapter's files or unwise about the data. */
  readonly warnings: readonly string[];
}

/** How far an evaluation is along. */
export interface EvaluateProgress {
  /** "evaluating the model" */
  readonly activity: string;
  /** Share that is done, from 0 to 1. */
  readonly share: number;
}
