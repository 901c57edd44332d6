import { z } from 'zod';
import { UserError } from '../../config/userError';
import type { Inspection } from '../../engine/rpc/protocol';
import { Channel, type Envelope } from '../protocol/channel';
import {
  spectrumParamsSchema,
  stepSchema,
  type RankHostEnd,
  type RankViewEnd,
  type Side,
  type Sources,
} from '../protocol/rankView';
import { openRankReader, type RankReader } from './rankReader';
import type { RankSource } from './rankSource';

/** Checkpoints come minutes apart. */
const INTERVAL_MS = 2000;

/** What the view needs of the editor and the engine. */
export interface RankSessionEditor {
  post(message: Envelope): void;
  inspect(path: string): Promise<Inspection>;
  /** Asks for a run or an adapter folder; undefined when the user turns away. */
  pickOther(path: string): Promise<string | undefined>;
  saveCsv(sources: readonly RankSource[]): void;
  openRun(root: string): void;
  describe(sources: Sources): void;
  reportError(error: unknown): void;
}

/** One rank view: answers what it asks and, while it is visible, tells it of new checkpoints. */
export class RankSession {
  private readonly channel: Channel<RankHostEnd, RankViewEnd>;
  private primary: Promise<RankReader> | undefined;
  private other: RankReader | undefined;
  private visible = true;
  private disposed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly path: string,
    private openedAt: number | null,
    private readonly editor: RankSessionEditor,
  ) {
    const none = (body: unknown): null => z.null().parse(body);
    this.channel = new Channel<RankHostEnd, RankViewEnd>(
      (message) => editor.post(message),
      {
        requests: {
          open: {
            parse: (body) => z.object({ other: z.string().nullable() }).parse(body),
            answer: ({ other }) => this.open(other),
          },
          cells: {
            parse: (body) => stepSchema.parse(body),
            answer: async ({ side, step }) => (await this.sourceOf(side))?.cells(step) ?? [],
          },
          spectrum: {
            parse: (body) => spectrumParamsSchema.parse(body),
            answer: async ({ side, step, layer, module }) =>
              (await this.sourceOf(side))?.spectrum(step, layer, module) ?? null,
          },
        },
        events: {
          chooseOther: { parse: none, hear: () => void this.guard(() => this.chooseOther()) },
          removeOther: { parse: none, hear: () => void this.guard(() => this.removeOther()) },
          exportCsv: { parse: none, hear: () => void this.guard(() => this.exportCsv()) },
          openRun: { parse: none, hear: () => editor.openRun(path) },
        },
      },
      (error) => editor.reportError(error),
    );
  }

  receive(message: unknown): void {
    this.channel.receive(message);
  }

  setVisible(visible: boolean): void {
    if (this.visible === visible) return;
    this.visible = visible;
    if (visible) this.schedule();
    else clearTimeout(this.timer);
  }

  /** Shows another step of the same run. */
  goTo(step: number): void {
    this.openedAt = step;
    if (this.primary !== undefined) void this.guard(() => this.tellSources());
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.channel.dispose();
  }

  private async open(other: string | null): Promise<Sources> {
    const primary = await this.readPrimary();
    await primary.poll();
    if (other !== null && this.other?.source.path !== other) {
      // A source that has gone since is no reason to show nothing.
      this.other = await openRankReader(other, (path) => this.editor.inspect(path)).catch(() => undefined);
    }
    this.schedule();
    return this.sources(primary);
  }

  private async readPrimary(): Promise<RankReader> {
    this.primary ??= openRankReader(this.path, (path) => this.editor.inspect(path));
    try {
      return await this.primary;
    } catch (error) {
      this.primary = undefined; // the next attempt starts anew
      throw error;
    }
  }

  private sources(primary: RankReader): Sources {
    const sources = {
      primary: primary.source.facts(),
      other: this.other?.source.facts() ?? null,
      openedAt: this.openedAt,
    };
    this.openedAt = null; // told once; from then on the view decides
    this.editor.describe(sources);
    return sources;
  }

  private async sourceOf(side: Side): Promise<RankSource | undefined> {
    return side === 'primary' ? (await this.readPrimary()).source : this.other?.source;
  }

  private async tellSources(): Promise<void> {
    this.channel.event('sources', this.sources(await this.readPrimary()));
  }

  private async chooseOther(): Promise<void> {
    const path = await this.editor.pickOther(this.path);
    if (path === undefined) return;
    const reader = await openRankReader(path, (chosen) => this.editor.inspect(chosen));
    if (reader.source.isEmpty)
      throw new UserError(`${path}: this run has no spectra yet; wait for its first checkpoint.`);
    this.other = reader;
    await this.tellSources();
  }

  private async removeOther(): Promise<void> {
    this.other = undefined;
    await this.tellSources();
  }

  private async exportCsv(): Promise<void> {
    const { source } = await this.readPrimary();
    this.editor.saveCsv(this.other === undefined ? [source] : [source, this.other.source]);
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof UserError) this.channel.event('problem', error.message);
      else this.editor.reportError(error);
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.disposed || !this.visible) return;
    this.timer = setTimeout(() => void this.guard(() => this.tick()).finally(() => this.schedule()), INTERVAL_MS);
  }

  private async tick(): Promise<void> {
    const primary = await this.readPrimary();
    const changed = await Promise.all([primary.poll(), this.other?.poll() ?? false]);
    if (changed.some(Boolean)) await this.tellSources();
  }
}
