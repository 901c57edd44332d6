import * as l10n from '@vscode/l10n';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import type { EngineService } from '../../engine/rpc/engineService';
import { Channel, type Envelope } from '../protocol/channel';
import {
  answerPlaceSchema,
  askSchema,
  sideSchema,
  type Answer,
  type Ask,
  type Playground,
  type PlaygroundHostEnd,
  type PlaygroundViewEnd,
  type Prompt,
} from '../protocol/playground';
import { answerOf } from './answering';
import { generateParams } from './generateParams';
import { ParticipantLooks } from './participantLooks';
import { baseOf, type Participant } from './participant';
import type { PlaygroundMemory } from './playgroundMemory';
import { bounded, nextExchange, withAnswer } from './thread';

/** Often enough to read along; every answer travels whole. */
const TELL_EVERY_MS = 80;

const MOST_PARTICIPANTS = 2;

/** What a playground needs of the editor and the engine. */
export interface PlaygroundEditor {
  readonly memory: PlaygroundMemory;
  post(message: Envelope): void;
  /** Rejects with a UserError where nothing may run. */
  engine(): Promise<Pick<EngineService, 'generate' | 'prompting'>>;
  /** Who answers for a path that was opened. */
  participants(key: string): Promise<readonly Participant[]>;
  /** Asks who answers at a place; undefined when the user turns away. */
  choose(place: number, participants: readonly Participant[]): Promise<Participant | undefined>;
  /** Asks for the model folder of an adapter. */
  chooseBase(participant: Participant): Promise<string | undefined>;
  choosePrompt(): Promise<Prompt | undefined>;
  copy(text: string): void;
  describe(participants: readonly Participant[]): void;
  reportError(error: unknown): void;
}

/** One playground: it goes on answering while its page is hidden. */
export class PlaygroundSession {
  private readonly channel: Channel<PlaygroundHostEnd, PlaygroundViewEnd>;
  private readonly looks: ParticipantLooks;
  private participants: readonly Participant[] | undefined;
  private thread: Playground['thread'] = [];
  private running: AbortController | undefined;
  private visible = true;

  constructor(
    private readonly key: string,
    private readonly editor: PlaygroundEditor,
  ) {
    const none = (body: unknown): null => z.null().parse(body);
    const place = (body: unknown): number => sideSchema.parse(body);
    this.looks = new ParticipantLooks(
      () => editor.engine(),
      () => this.tellParticipants(),
      (error) => editor.reportError(error),
    );
    this.channel = new Channel<PlaygroundHostEnd, PlaygroundViewEnd>(
      (message) => editor.post(message),
      {
        requests: {
          open: { parse: none, answer: () => this.open() },
          ask: { parse: (body) => askSchema.parse(body), answer: (ask) => this.ask(ask) },
        },
        events: {
          stop: { parse: none, hear: () => this.running?.abort() },
          clear: { parse: none, hear: () => this.clear() },
          choose: { parse: place, hear: (at) => void this.guard(() => this.choose(at)) },
          chooseBase: { parse: place, hear: (at) => void this.guard(() => this.chooseBase(at)) },
          remove: { parse: place, hear: (at) => this.remove(at) },
          again: { parse: none, hear: () => this.lookAgain() },
          copy: { parse: (body) => answerPlaceSchema.parse(body), hear: (at) => this.copy(at) },
          recall: { parse: none, hear: () => void this.guard(() => this.recall()) },
        },
      },
      (error) => editor.reportError(error),
    );
  }

  receive(message: unknown): void {
    this.channel.receive(message);
  }

  setVisible(visible: boolean): void {
    // What is told to a hidden page is lost; when it is made anew it asks for the whole.
    this.visible = visible;
  }

  /** Looks again at what could not be used: the workspace may be trusted now, or a file be there. */
  lookAgain(): void {
    this.looks.again(this.participants ?? []);
  }

  dispose(): void {
    this.running?.abort();
    this.channel.dispose();
  }

  private async open(): Promise<Playground> {
    if (this.participants === undefined) {
      const remembered = this.editor.memory.playground(this.key);
      this.thread = remembered?.thread ?? [];
      this.participants = remembered?.participants ?? (await this.editor.participants(this.key));
    }
    const { key, participants, thread } = this;
    this.editor.describe(participants);
    // What is told of them must not overtake this answer.
    setTimeout(() => this.looks.lookAt(participants));
    return {
      key,
      participants: this.looks.facts(participants),
      thread,
      sampling: this.editor.memory.sampling(),
      prompts: this.editor.memory.prompts().map(({ text }) => text),
      isRunning: this.running !== undefined,
    };
  }

  // ---- answers -----------------------------------------------------------------------------------------------------

  private ask(ask: Ask): null {
    const { participants } = this;
    if (participants === undefined) throw new UserError(l10n.t('The playground is not open yet; wait a moment.'));
    if (this.running !== undefined) throw new UserError(l10n.t('An answer is on its way; stop it first.'));
    this.editor.memory.remember(ask.prompt);
    this.editor.memory.setSampling(ask.sampling);
    const names = participants.map(({ name, detail }) => `${name}, ${detail}`);
    const exchange = nextExchange(this.thread, ask, names);
    this.thread = bounded([...this.thread, exchange]);
    const controller = new AbortController();
    this.running = controller;
    this.tellThread();
    void this.answerAll(exchange.id, participants, controller).catch((error: unknown) =>
      this.editor.reportError(error),
    );
    return null;
  }

  /** One after the other: the engine runs one model at a time. */
  private async answerAll(
    id: number,
    participants: readonly Participant[],
    controller: AbortController,
  ): Promise<void> {
    const asked = this.thread;
    try {
      for (const [side, participant] of participants.entries()) {
        const tell = throttled((answer: Answer) => this.tellAnswer(id, side, answer));
        const answer = await answerOf(
          () => this.editor.engine(),
          () => generateParams(asked, side, participant),
          (news) => {
            this.thread = withAnswer(this.thread, id, side, news);
            tell.later(news);
          },
          { signal: controller.signal, onBug: (error) => this.editor.reportError(error) },
        );
        tell.cancel();
        this.thread = withAnswer(this.thread, id, side, answer);
        this.tellAnswer(id, side, answer);
      }
    } finally {
      this.running = undefined;
      this.tellThread();
      this.save();
      // A file that was gone may be back, and the other way round.
      this.lookAgain();
    }
  }

  private clear(): void {
    this.running?.abort();
    this.thread = [];
    this.tellThread();
    this.save();
  }

  private copy({ exchange, side }: { readonly exchange: number; readonly side: number }): void {
    const text = this.thread.find(({ id }) => id === exchange)?.answers[side]?.text;
    if (text !== undefined) this.editor.copy(text);
  }

  private async recall(): Promise<void> {
    const prompt = await this.editor.choosePrompt();
    if (prompt !== undefined) this.channel.event('draft', prompt);
  }

  // ---- who answers -------------------------------------------------------------------------------------------------

  private async choose(place: number): Promise<void> {
    const before = this.participants ?? [];
    const chosen = await this.editor.choose(place, before);
    if (chosen === undefined) return;
    const after = [...before];
    after[Math.min(place, before.length, MOST_PARTICIPANTS - 1)] = chosen;
    this.change(after);
  }

  private async chooseBase(place: number): Promise<void> {
    const before = this.participants ?? [];
    const participant = before[place];
    const model = participant && (await this.editor.chooseBase(participant));
    if (model === undefined) return;
    const after = before.map((each, at) => (at === place ? { ...each, model } : each));
    const adapted = after[place];
    const base = adapted && baseOf(adapted);
    this.change(after.length === 1 && base !== undefined ? [base, ...after] : after);
  }

  private remove(place: number): void {
    const before = this.participants ?? [];
    if (before.length > 1) this.change(before.filter((_, at) => at !== place));
  }

  private change(participants: readonly Participant[]): void {
    this.participants = participants;
    this.editor.describe(participants);
    this.looks.lookAt(participants);
    this.tellParticipants();
    this.save();
  }

  // ---- telling -----------------------------------------------------------------------------------------------------

  private tellParticipants(): void {
    if (this.participants !== undefined && this.visible)
      this.channel.event('participants', this.looks.facts(this.participants));
  }

  private tellThread(): void {
    if (this.visible) this.channel.event('thread', { thread: this.thread, isRunning: this.running !== undefined });
  }

  private tellAnswer(exchange: number, side: number, answer: Answer): void {
    if (this.visible) this.channel.event('answer', { exchange, side, answer });
  }

  private save(): void {
    const { key, participants, thread } = this;
    if (participants !== undefined) this.editor.memory.setPlayground(key, { participants, thread });
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof UserError) this.channel.event('problem', error.message);
      else this.editor.reportError(error);
    }
  }
}

/** Tells the latest of what comes, not more often than it can be read. */
function throttled<T>(tell: (news: T) => void): { later(news: T): void; cancel(): void } {
  let latest: T;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    later(news) {
      latest = news;
      timer ??= setTimeout(() => {
        timer = undefined;
        tell(latest);
      }, TELL_EVERY_MS);
    },
    cancel: () => clearTimeout(timer),
  };
}
