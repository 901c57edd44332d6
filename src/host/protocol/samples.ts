/** What the run panel is told of samples. */

/** More prompts than a run can have; a bound on what a file of anyone's can make of the panel. */
export const MAX_SAMPLE_PROMPTS = 64;

export interface SampleRow {
  readonly prompt: string;
  /** How the example goes on whose beginning the prompt is; null for a prompt that someone wrote. */
  readonly expected: string | null;
  /** What the base writes; null where it was not asked. */
  readonly base: string | null;
  /** What was written at this step; null where nothing was. */
  readonly text: string | null;
  /** Whether the model ended it by itself. */
  readonly ended: boolean;
  /** What was written at the step before. */
  readonly before: string | null;
}

/** The samples of one step. */
export interface SamplesAt {
  /** All that there are, ascending. */
  readonly steps: readonly number[];
  readonly step: number;
  readonly rows: readonly SampleRow[];
  /** Whether the file holds more than is shown. */
  readonly isCut: boolean;
}

/** What was written after one prompt, oldest first. */
export type SampleHistory = readonly { readonly step: number; readonly text: string }[];
