import { z } from 'zod';
import type { EngineService } from '../../engine/rpc/engineService';
import { Channel, type Envelope } from '../protocol/channel';
import { compareSchema, type CompareHostEnd, type Comparison, type CompareViewEnd } from '../protocol/compare';
import type { LocalCheckpoint } from './inspectorSession';

/** What a comparison needs of the editor and the engine. */
export interface CompareEditor {
  readonly key: string;
  readonly names: Comparison['names'];
  post(message: Envelope): void;
  engine(): Promise<Pick<EngineService, 'compare'>>;
  locate(anew: boolean, signal: AbortSignal): Promise<readonly [left: LocalCheckpoint, right: LocalCheckpoint]>;
  openLeft(): void;
  openRight(): void;
  swap(): void;
  reportError(error: unknown): void;
}

/** One comparison. It goes on while its panel is hidden, and the result waits for it. */
export class CompareSession {
  private readonly channel: Channel<CompareHostEnd, CompareViewEnd>;
  private running: { readonly controller: AbortController; readonly result: Promise<Comparison | null> } | undefined;

  constructor(private readonly editor: CompareEditor) {
    const none = (body: unknown): null => z.null().parse(body);
    const { key, names } = editor;
    this.channel = new Channel<CompareHostEnd, CompareViewEnd>(
      (message) => editor.post(message),
      {
        requests: {
          pair: { parse: none, answer: () => ({ key, names }) },
          compare: { parse: (body) => compareSchema.parse(body), answer: ({ anew }) => this.compare(anew) },
        },
        events: {
          cancel: { parse: none, hear: () => this.running?.controller.abort() },
          openLeft: { parse: none, hear: () => editor.openLeft() },
          openRight: { parse: none, hear: () => editor.openRight() },
          swap: { parse: none, hear: () => editor.swap() },
        },
      },
      (error) => editor.reportError(error),
    );
  }

  receive(message: unknown): void {
    this.channel.receive(message);
  }

  setVisible(_visible: boolean): void {
    // What is told to a hidden page is lost; when it is made anew it asks for the whole.
  }

  dispose(): void {
    this.running?.controller.abort();
    this.channel.dispose();
  }

  private compare(anew: boolean): Promise<Comparison | null> {
    if (anew || this.running === undefined) {
      this.running?.controller.abort();
      const controller = new AbortController();
      const running = { controller, result: this.read(anew, controller.signal) };
      this.running = running;
      const forget = (): void => {
        if (this.running === running) this.running = undefined; // the next question starts anew
      };
      running.result.then((result) => result === null && forget(), forget);
    }
    return this.running.result;
  }

  private async read(anew: boolean, signal: AbortSignal): Promise<Comparison | null> {
    const { key, names } = this.editor;
    try {
      const [[left, right], engine] = await Promise.all([this.editor.locate(anew, signal), this.editor.engine()]);
      const difference = await engine.compare(
        { left: left.path, right: right.path },
        (progress) => this.channel.event('progress', progress),
        signal,
      );
      const notes = [left.note, right.note].filter((note) => note !== null);
      return { key, names, difference, note: notes.length === 0 ? null : notes.join(' ') };
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }
}
