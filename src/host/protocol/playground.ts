import { z } from 'zod';
import {
  MAX_PROMPT_CHARS,
  MAX_STOP_CHARS,
  MAX_STOP_STRINGS,
  SAMPLING_LIMITS,
  type SamplingSettings,
} from '../../config/sampling';

/**
 * What the playground and the extension say to each other. The host has the thread, so that a page that was hidden or
 * reloaded finds it whole; what it tells of an answer is always all of it.
 */

type Limited = keyof typeof SAMPLING_LIMITS;
const within = (name: Limited): z.ZodNumber =>
  z.number().min(SAMPLING_LIMITS[name].least).max(SAMPLING_LIMITS[name].most);
const whole = (name: Limited): z.ZodNumber => within(name).int();

export const samplingSchema = z.object({
  temperature: within('temperature'),
  topP: within('topP').nullable(),
  topK: whole('topK').nullable(),
  repetitionPenalty: within('repetitionPenalty'),
  maxTokens: whole('maxTokens'),
  seed: whole('seed'),
  stop: z.array(z.string().min(1).max(MAX_STOP_CHARS)).max(MAX_STOP_STRINGS).readonly(),
});

/** What a person writes: a text to continue, or what a user says in a chat. */
export const promptSchema = z.object({
  text: z.string().max(MAX_PROMPT_CHARS),
  /** Null for a text to continue. */
  chat: z.object({ system: z.string().max(MAX_PROMPT_CHARS) }).nullable(),
});
export type Prompt = z.output<typeof promptSchema>;

export const askSchema = z.object({
  prompt: promptSchema,
  /** Whether it goes on with the chat above. */
  follows: z.boolean(),
  sampling: samplingSchema,
});
export type Ask = z.output<typeof askSchema>;

/** One of those who answer: its place from the left. */
export const sideSchema = z.int().min(0).max(1);
export const answerPlaceSchema = z.object({ exchange: z.int(), side: sideSchema });

export interface ParticipantFacts {
  readonly name: string;
  /** "base model", "step 150", "adapter". */
  readonly detail: string;
  readonly isAdapter: boolean;
  /** Paths, for those who want to know exactly. */
  readonly place: string;
  /** Undefined until its files were looked at. */
  readonly context?: number;
  readonly chat?: boolean;
  /** Why it cannot answer; one sentence. */
  readonly problem?: string;
}

/** What became of a prompt with one participant. */
export interface Answer {
  readonly state: 'waiting' | 'answering' | 'done' | 'stopped' | 'failed';
  readonly text: string;
  /** What happens while there is no text yet. */
  readonly activity: string | null;
  /** Why it failed; one sentence. */
  readonly problem: string | null;
  /** Null until it is done. */
  readonly figures: AnswerFigures | null;
}

export interface AnswerFigures {
  readonly tokens: number;
  readonly promptTokens: number;
  readonly reason: 'end' | 'stop' | 'length';
  readonly promptSeconds: number;
  /** For the tokens after the prompt. */
  readonly seconds: number;
  /** What is odd about the adapter's files though they can be used. */
  readonly warnings: readonly string[];
}

export interface Exchange {
  readonly id: number;
  readonly prompt: Prompt;
  /** 1 begins a chat; a text to continue always does. */
  readonly turn: number;
  readonly sampling: SamplingSettings;
  readonly names: readonly string[];
  /** One for each name. */
  readonly answers: readonly Answer[];
}

export interface Playground {
  /** Names what was opened; the view saves it. */
  readonly key: string;
  readonly participants: readonly ParticipantFacts[];
  readonly thread: readonly Exchange[];
  readonly sampling: SamplingSettings;
  /** Texts of earlier prompts, the newest last. */
  readonly prompts: readonly string[];
  readonly isRunning: boolean;
}

export interface PlaygroundHostEnd {
  requests: {
    open: { params: null; result: Playground };
    /** Answered when the exchange stands in the thread; its answers come as events. */
    ask: { params: Ask; result: null };
  };
  events: {
    stop: null;
    /** Empty the thread. */
    clear: null;
    /** Let the user choose who answers there; the place after the last adds one. */
    choose: number;
    /** Let the user choose the model that this adapter is for. */
    chooseBase: number;
    remove: number;
    /** Look again at files that could not be used. */
    again: null;
    copy: z.output<typeof answerPlaceSchema>;
    /** Let the user choose one of the earlier prompts. */
    recall: null;
  };
}

export interface PlaygroundViewEnd {
  requests: Record<string, never>;
  events: {
    participants: readonly ParticipantFacts[];
    thread: { readonly thread: readonly Exchange[]; readonly isRunning: boolean };
    answer: z.output<typeof answerPlaceSchema> & { readonly answer: Answer };
    /** A prompt to write into the box. */
    draft: Prompt;
    problem: string;
  };
}
