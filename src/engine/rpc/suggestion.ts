import type { Change } from '../../config/documentEdits';

/** Which linear layers the loss on the data asks most to change, and what to train by that. */

export interface SuggestParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  /** On how many batches of examples to measure. */
  readonly batches: number;
  /**
   * The share of all linear layers to train, above 0 and at most 1; null for as many as the configuration trains now, or
   * half where it trains all.
   */
  readonly share: number | null;
  /** Trainable parameters that the proposal should have; null for as many as the configuration trains now. */
  readonly budget: number | null;
}

/** A linear layer and how strongly the loss on the data asks its frozen weight W to change. */
export interface ScoredModule {
  readonly layer: number;
  /** Name within the block: "q_proj". */
  readonly module: string;
  /** Full name in the checkpoint. */
  readonly name: string;
  readonly dIn: number;
  readonly dOut: number;
  /** ‖W‖_F */
  readonly weightNorm: number;
  /** ‖∂L/∂W‖_F: root of the mean square over the batches. */
  readonly gradientNorm: number;
  /** gradientNorm / weightNorm */
  readonly score: number;
  /** 1 for the highest score. */
  readonly place: number;
  /** Trainable parameters of its adapter as configured; 0 where it cannot have one. */
  readonly parameters: number;
  /** score² for each of them; 0 where it has none. */
  readonly scorePerParameter: number;
  /** Whether the configuration adapts it. */
  readonly selected: boolean;
  /** Whether the proposal does. */
  readonly suggested: boolean;
  /** What is unwise about its adapter as proposed. */
  readonly warning?: string;
}

export interface Suggestion {
  /** Every linear layer of the decoder, layer by layer. */
  readonly modules: readonly ScoredModule[];
  readonly measured: {
    readonly batches: number;
    readonly examples: number;
    readonly tokens: number;
    readonly supervisedTokens: number;
    /** Mean over the supervised tokens, before any training. Nats. */
    readonly loss: number;
  };
  readonly now: { readonly modules: number; readonly parameters: number };
  readonly proposal: {
    readonly modules: number;
    readonly parameters: number;
    readonly budget: number;
    /** Null where the method has none. */
    readonly rank: number | null;
    /** What to change in the document; see src/config/documentEdits.ts. */
    readonly changes: readonly Change[];
  };
}

/** How far a measurement is along. */
export interface SuggestProgress {
  /** "loading the model, layer 3 of 30" */
  readonly activity: string;
  /** Share of the measuring itself that is done, from 0 to 1. */
  readonly share: number;
}
