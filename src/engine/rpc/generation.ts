/** What is asked of a model that writes, and what it answers. */

export interface GenerateParams {
  /** Absolute model folder, or the hub id of a downloaded model. */
  readonly model: string;
  /** Absolute adapter folder. */
  readonly adapter?: string;
  /** A text to continue, or a conversation to answer by the model's chat template. */
  readonly prompt: string | ChatRequest;
  readonly maxTokens: number;
  /** 0 takes the likeliest token each time. */
  readonly temperature: number;
  /** Draws from the k likeliest tokens only. */
  readonly topK?: number;
  /** Draws from the likeliest tokens that together have this probability. */
  readonly topP?: number;
  /** Above 1 makes tokens that have occurred less likely, below 1 likelier. */
  readonly repetitionPenalty?: number;
  /** The text ends before the first of these. */
  readonly stop?: readonly string[];
  readonly seed: number;
}

export interface ChatRequest {
  /** A list of messages as in training data, or an object with "messages" (and "tools", "system"); not yet validated. */
  readonly conversation: unknown;
  /** What to call it in an error: its file. */
  readonly source: string;
  /** Absolute path of a chat template, instead of the model's own. */
  readonly template?: string;
}

export interface Generation {
  readonly text: string;
  /** Tokens generated. */
  readonly tokens: number;
  readonly promptTokens: number;
  /** "end": the model ended; "stop": a stop string came; "length": maxTokens or the context was reached. */
  readonly reason: 'end' | 'stop' | 'length';
  /** Time for the prompt, and for the tokens after it; loading is not counted. */
  readonly seconds: { readonly prompt: number; readonly generation: number };
  /** What is odd about the adapter's files though they can be used. */
  readonly warnings: readonly string[];
}

/** What happens while there is no text yet. */
export interface GenerateProgress {
  /** "loading the model, layer 3 of 30" */
  readonly activity: string;
}

export interface PromptingParams {
  /** Absolute model folder, or the hub id of a downloaded model. */
  readonly model: string;
  /** Absolute path of a chat template, instead of the model's own. */
  readonly template?: string;
}

/** What a model takes as a prompt. */
export interface Prompting {
  readonly folder: string;
  /** Most tokens of a prompt and its answer together. */
  readonly context: number;
  /** Whether it has a chat template, and so answers conversations. */
  readonly chat: boolean;
}
