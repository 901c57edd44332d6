import type { Memento } from 'vscode';
import { z } from 'zod';
import { FIRST_SAMPLING, type SamplingSettings } from '../../config/sampling';
import { promptSchema, samplingSchema, type Exchange, type Prompt } from '../protocol/playground';
import { participantSchema, type Participant } from './participant';
import { bounded, ended } from './thread';

/** More prompts than anyone looks through. */
const MAX_PROMPTS = 200;
/** A longer prompt is a document, which has a file of its own. */
const MAX_REMEMBERED_CHARS = 20_000;
/** Playgrounds whose threads are kept: those that were used last. */
const MAX_PLAYGROUNDS = 8;

const figuresSchema = z.object({
  tokens: z.number(),
  promptTokens: z.number(),
  reason: z.enum(['end', 'stop', 'length']),
  promptSeconds: z.number(),
  seconds: z.number(),
  warnings: z.array(z.string()),
});
const answerSchema = z.object({
  state: z.enum(['waiting', 'answering', 'done', 'stopped', 'failed']),
  text: z.string(),
  activity: z.string().nullable(),
  problem: z.string().nullable(),
  figures: figuresSchema.nullable(),
});
const exchangeSchema = z.object({
  id: z.int(),
  prompt: promptSchema,
  turn: z.int().min(1),
  sampling: samplingSchema,
  names: z.array(z.string()).min(1).max(2),
  answers: z.array(answerSchema).min(1).max(2),
});
const playgroundSchema = z.object({
  key: z.string(),
  participants: z.array(participantSchema).min(1).max(2),
  thread: z.array(exchangeSchema),
});

/** What a playground is when it opens again. */
export interface RememberedPlayground {
  readonly participants: readonly Participant[];
  readonly thread: readonly Exchange[];
}

/** Where the workspace keeps prompts, settings and threads. What it cannot read any more is as if it never was. */
export class PlaygroundMemory {
  constructor(private readonly state: Pick<Memento, 'get' | 'update'>) {}

  /** The newest last. */
  prompts(): readonly Prompt[] {
    return this.read('prompts', z.array(promptSchema), []);
  }

  remember(prompt: Prompt): void {
    if (prompt.text.trim() === '' || prompt.text.length > MAX_REMEMBERED_CHARS) return;
    const others = this.prompts().filter(({ text }) => text !== prompt.text);
    this.write('prompts', [...others, prompt].slice(-MAX_PROMPTS));
  }

  forget(prompt: Prompt): void {
    this.write(
      'prompts',
      this.prompts().filter(({ text }) => text !== prompt.text),
    );
  }

  sampling(): SamplingSettings {
    return this.read('sampling', samplingSchema, FIRST_SAMPLING);
  }

  setSampling(sampling: SamplingSettings): void {
    this.write('sampling', sampling);
  }

  playground(key: string): RememberedPlayground | undefined {
    const found = this.playgrounds().find((one) => one.key === key);
    return found && { participants: found.participants, thread: ended(found.thread) };
  }

  setPlayground(key: string, { participants, thread }: RememberedPlayground): void {
    const others = this.playgrounds().filter((one) => one.key !== key);
    this.write('playgrounds', [...others, { key, participants, thread: bounded(thread) }].slice(-MAX_PLAYGROUNDS));
  }

  private playgrounds(): readonly z.output<typeof playgroundSchema>[] {
    return this.read('playgrounds', z.array(playgroundSchema), []);
  }

  private read<T>(name: string, schema: z.ZodType<T>, otherwise: T): T {
    const parsed = schema.safeParse(this.state.get(`mora.playground.${name}`));
    return parsed.success ? parsed.data : otherwise;
  }

  private write(name: string, value: unknown): void {
    void this.state.update(`mora.playground.${name}`, value);
  }
}
