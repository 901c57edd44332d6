import type { DropReason } from '../../run/dataReport';
import type { PlannedExample } from './plan';

/** What is asked of the data of a configuration, a page at a time, and how the model will see it. */

export interface ExamplesParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  readonly look: ExampleLook;
}

export type ExampleLook =
  /** Some examples to train on. */
  | {
      readonly kind: 'examples';
      /** From 0 on. */
      readonly first: number;
      readonly count: number;
      /** Most tokens to show of one. */
      readonly tokens: number;
    }
  /** What became of a record, by the place of its file in {@link Plan}'s `data.files` and its line, row or item. */
  | { readonly kind: 'line'; readonly file: number; readonly line: number; readonly tokens: number }
  /** The same by what a report calls it: "/data/train.jsonl:17". */
  | { readonly kind: 'place'; readonly place: string; readonly tokens: number }
  /** The rows of an optimizer step, from 0 on. */
  | {
      readonly kind: 'rows';
      readonly step: number;
      readonly first: number;
      readonly count: number;
      /** Most tokens to show of one row. */
      readonly tokens: number;
    };

export type ExamplesSeen =
  | {
      readonly kind: 'examples';
      readonly first: number;
      /** Examples to train on. */
      readonly total: number;
      readonly examples: readonly PlannedExample[];
    }
  /** The examples of a record that is not trained on itself, because it is held out to validate. */
  | { readonly kind: 'heldOut'; readonly place: string; readonly examples: readonly PlannedExample[] }
  /** A record of which nothing is trained on, each text with its reason, and the tokens that it would have been. */
  | { readonly kind: 'leftOut'; readonly place: string; readonly texts: readonly LeftOutText[] }
  /** There is no such record; `last` is the last one of the file. */
  | { readonly kind: 'beyond'; readonly place: string; readonly last: number }
  | PackedStep;

export interface LeftOutText {
  readonly reason: DropReason;
  /** Null where it could not be made tokens. */
  readonly example: PlannedExample | null;
}

/** The rows of one optimizer step: what the model is given at once. */
export interface PackedStep {
  readonly kind: 'rows';
  readonly step: number;
  readonly steps: number;
  readonly rowLength: number;
  /** Of the whole step: tokens, examples, and rows that hold any. */
  readonly tokens: number;
  readonly examples: number;
  readonly total: number;
  readonly first: number;
  readonly rows: readonly PackedRow[];
}

/** A row of examples, one behind the other; what is left of it is padding. */
export interface PackedRow {
  readonly segments: readonly PackedSegment[];
  /** Tokens without padding. */
  readonly filled: number;
}

/** An example in its row. Positions begin at 0 with it, and attention does not reach across its ends. */
export interface PackedSegment {
  /** Where in the row it begins. */
  readonly start: number;
  /** Its number among the examples to train on, from 0 on. */
  readonly index: number;
  readonly example: PlannedExample;
}
