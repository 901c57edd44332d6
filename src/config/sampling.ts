/** How the playground draws tokens, as a person sets it; null leaves a filter out. */
export interface SamplingSettings {
  /** 0 takes the likeliest token each time. */
  readonly temperature: number;
  readonly topP: number | null;
  readonly topK: number | null;
  /** 1 leaves tokens that have occurred as they are. */
  readonly repetitionPenalty: number;
  readonly maxTokens: number;
  readonly seed: number;
  /** The text ends before the first of these. */
  readonly stop: readonly string[];
}

/** Greedy, as `mora generate` is: two answers then differ for no other reason than the adapter. */
export const FIRST_SAMPLING: SamplingSettings = {
  temperature: 0,
  topP: null,
  topK: null,
  repetitionPenalty: 1,
  maxTokens: 128,
  seed: 0,
  stop: [],
};

/** What each setting may be. A model's context ends a text before most of these do. */
export const SAMPLING_LIMITS = {
  // Beyond 2 a draw is noise with every model.
  temperature: { least: 0, most: 2 },
  topP: { least: 0.01, most: 1 },
  // No vocabulary in use is larger.
  topK: { least: 1, most: 1_000_000 },
  repetitionPenalty: { least: 0.1, most: 10 },
  maxTokens: { least: 1, most: 100_000 },
  seed: { least: 0, most: 2 ** 32 - 1 },
} as const;

export const MAX_STOP_STRINGS = 16;
export const MAX_STOP_CHARS = 200;
/** Longer than any context; what is pasted by mistake does not travel between processes. */
export const MAX_PROMPT_CHARS = 2_000_000;
