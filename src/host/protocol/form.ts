import type { Change, JsonObject } from '../../config/documentEdits';
import type { StepMeasurement } from '../../engine/rpc/measurement';
import type { ExampleLook, ExamplesSeen } from '../../engine/rpc/examples';
import type { Plan } from '../../engine/rpc/plan';
import type { Suggestion } from '../../engine/rpc/suggestion';

export type { Change, JsonObject, JsonValue } from '../../config/documentEdits';

/** Every message between the configuration form and the extension. The text of the document is the only state. */

export interface FieldProblem {
  /** Dotted path; empty for the document as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What the document says, anew after every change of it. */
export type FormContent =
  | {
      readonly kind: 'fields';
      /** Every field, defaults filled in. A wrong value is there as it was written. */
      readonly values: JsonObject;
      /** Paths of the leaves that the document itself gives. */
      readonly written: readonly string[];
      readonly problems: readonly FieldProblem[];
    }
  | { readonly kind: 'broken'; readonly message: string };

export interface FormState {
  readonly fileName: string;
  readonly content: FormContent;
  /** Whether the workspace is trusted and on a disk. */
  readonly mayTrain: boolean;
}

/** From the schema, so that form, JSON hover and reference say the same. By dotted path. */
export type Documentation = Readonly<Record<string, string>>;

export type PlanNews =
  | { readonly kind: 'planning' }
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'failed'; readonly message: string };

/** What the form can have measured, when asked: which modules matter for the data, and what a step takes. */
export interface Measured {
  readonly suggestion: Suggestion;
  readonly steps: StepMeasurement & {
    /** Whether a run trained on this machine meanwhile, which makes both slow. */
    readonly besideRun: boolean;
  };
}

export type MeasureNews<Result> =
  | { readonly kind: 'running'; readonly activity: string; readonly share: number }
  /** `of` is the document as it was when the measurement began: every field, defaults filled in. */
  | { readonly kind: 'done'; readonly result: Result; readonly of: JsonObject }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** The newest active run of this document: "step 120/200 · loss 1.372 · 12 s left". */
export interface RunNews {
  readonly root: string;
  readonly progress: string;
}

export interface FormHostEnd {
  readonly requests: {
    readonly start: {
      readonly params: null;
      readonly result: { state: FormState; documentation: Documentation; defaults: JsonObject };
    };
    /** One step of undo. Answered when the document has changed and its new state was sent. */
    readonly edit: { readonly params: { readonly changes: readonly Change[] }; readonly result: null };
    readonly train: { readonly params: null; readonly result: null };
    readonly openRun: { readonly params: { readonly root: string }; readonly result: null };
    /** Shows the document as text, at a field when one is given. */
    readonly openText: { readonly params: { readonly field: string | null }; readonly result: null };
    /** A page of the data; a newer question of the same form takes the place of one under way. */
    readonly examples: { readonly params: { readonly look: ExampleLook }; readonly result: ExamplesSeen };
    /** Begins a measurement; answered when it has begun. Its news come as events. */
    readonly measure: { readonly params: { readonly what: keyof Measured }; readonly result: null };
    readonly cancelMeasure: { readonly params: { readonly what: keyof Measured }; readonly result: null };
    /** Lets the user pick a file or folder; the path as the document should have it, or null. */
    readonly pick: { readonly params: { readonly what: 'model' | 'adapter' | 'data' }; readonly result: string | null };
  };
  readonly events: Readonly<Record<string, never>>;
}

export interface FormPageEnd {
  readonly requests: Readonly<Record<string, never>>;
  readonly events: {
    readonly state: FormState;
    /** The figures of the targets and of memory; the data was not read. */
    readonly plan: PlanNews;
    /** With the data read: examples as the model sees them, and the number of steps. */
    readonly dataPlan: PlanNews;
    readonly run: RunNews | null;
    readonly suggestion: MeasureNews<Measured['suggestion']>;
    readonly steps: MeasureNews<Measured['steps']>;
  };
}
