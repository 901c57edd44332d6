import type { DataReport } from '../../run/dataReport';

/** What a plan asks and says: what a configuration would train, before anything runs. */

export interface PlanParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  /** How many examples to show; 0 leaves the data unread. */
  readonly examples: number;
  /** Whether the few files that describe a model of the hub may be downloaded; if not, it must be in the cache. */
  readonly download?: boolean;
}

export interface PlannedModule {
  readonly layer: number;
  /** Name within the block: "q_proj". */
  readonly module: string;
  /** Full name in the checkpoint. */
  readonly name: string;
  readonly dIn: number;
  readonly dOut: number;
  /** Whether the configuration adapts it. The figures below are what it has, or would have. */
  readonly selected: boolean;
  readonly rHat?: number;
  readonly rank?: number;
  readonly parameters: number;
  /** Highest rank that ΔW can have. */
  readonly rankBound: number;
  /** Parameters and rank bound of LoRA at the same `rank`. */
  readonly lora: { readonly parameters: number; readonly rankBound: number };
  /** What is unwise about this module with this mode ("62 % of its inputs are ignored"). */
  readonly warning?: string;
  /** Why it cannot be adapted so; `parameters` and `rankBound` are then 0. */
  readonly error?: string;
}

export interface PlannedExample {
  /** Line, row or item of its file. */
  readonly line: number;
  /** Where it is, for people: "train.jsonl:3". */
  readonly place: string;
  /** Its tokens, or only the first of them. */
  readonly tokens: readonly PlannedToken[];
  /** How many tokens it has, and how many of them the model learns to predict. */
  readonly length: number;
  readonly supervised: number;
  /** It was longer than "data.maxLength" and lost its end. */
  readonly truncated: boolean;
  /** Which of the examples that one record became it is, from 1 on; null where the record became one. */
  readonly part: { readonly number: number; readonly of: number } | null;
  readonly remarks: readonly ExampleRemark[];
}

/** What is odd about one example. */
export type ExampleRemark =
  | { readonly kind: 'doubledStart' }
  /** Its last token is not one at which generation stops. */
  | { readonly kind: 'unended' }
  /** Words that look like special tokens and are ordinary text to the tokenizer. */
  | { readonly kind: 'marks'; readonly marks: readonly string[] };

export interface PlannedToken {
  readonly id: number;
  readonly text: string;
  readonly supervised: boolean;
}

export interface Plan {
  readonly model: {
    readonly folder: string;
    readonly family: string;
    readonly layers: number;
    readonly hiddenSize: number;
    readonly vocabularySize: number;
    readonly parameters: number;
    /** Names of the linear layers of a block, in order. */
    readonly modules: readonly string[];
  };
  /** Every linear layer of the decoder, layer by layer. */
  readonly modules: readonly PlannedModule[];
  readonly trainableParameters: number;
  /** Peak, and the reason where it was chosen because the configuration says "auto". */
  readonly learningRate: { readonly rate: number; readonly reason?: string };
  /** Estimated bytes while training. */
  readonly memory: {
    /** The process itself, and what programs hold while they run. */
    readonly working: number;
    readonly weights: number;
    readonly adapter: number;
    readonly optimizer: number;
    readonly activations: number;
    readonly total: number;
    /** Free on the machine now. */
    readonly available: number;
    /** Of the machine altogether. */
    readonly machine: number;
    /** Where the blocks' weights are; on disk where memory does not hold them. */
    readonly blocks: 'memory' | 'disk';
    /** Rows of a micro-batch, at most. */
    readonly rows: number;
  };
  /** Absent when the data was not read. */
  readonly data?: {
    readonly trainExamples: number;
    readonly validationExamples: number;
    readonly tokens: number;
    readonly supervisedTokens: number;
    readonly longest: number;
    readonly truncatedExamples: number;
    readonly totalSteps: number;
    /** What became of everything that was read. */
    readonly report: DataReport;
    /** Absolute paths of the files that are trained on. */
    readonly files: readonly string[];
    readonly examples: readonly PlannedExample[];
  };
  readonly warnings: readonly string[];
}
