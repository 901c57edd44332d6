import * as l10n from '@vscode/l10n';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import type { Inspection } from '../../engine/rpc/inspection';
import { Channel, type Envelope } from '../protocol/channel';
import {
  cellsSchema,
  DEFAULT_SETTINGS,
  findIntrudersSchema,
  settingsSchema,
  sideSchema,
  spectrumParamsSchema,
  stepSchema,
  type RankHostEnd,
  type RankViewEnd,
  type Settings,
  type Side,
  type Sources,
} from '../protocol/rankView';
import { Problems } from './problems';
import { rankLabels } from './rankLabels';
import { openRankReader, type RankReader } from './rankReader';
import { RankSource } from './rankSource';
import { RankWork, type Alone } from './rankWork';

/** Checkpoints come minutes apart. */
const INTERVAL_MS = 2000;

/** What the view needs of the editor and the engine. */
export interface RankSessionEditor {
  post(message: Envelope): void;
  inspect(path: string): Promise<Inspection>;
  /** Long work has an engine of its own. */
  alone: Alone;
  /** Asks for a run or an adapter folder; undefined when the user turns away. */
  pickOther(path: string): Promise<string | undefined>;
  saveCsv(sources: readonly RankSource[], settings: Settings): void;
  openRun(root: string): void;
  describe(sources: Sources): void;
  reportError(error: unknown): void;
}

/** A source with what goes on for it. */
interface Shown {
  readonly reader: RankReader;
  readonly work: RankWork;
}

/** What a source that is not there has. */
const NOTHING = new RankSource('', 'adapter').map(0, DEFAULT_SETTINGS);

/** One rank view: answers what it asks and, while it is visible, tells it of new checkpoints. */
export class RankSession {
  private readonly channel: Channel<RankHostEnd, RankViewEnd>;
  private readonly problems = new Problems((sentences) => this.channel.event('problems', sentences));
  private primary: Promise<Shown> | undefined;
  private other: Shown | undefined;
  /** A source to lay over the first, before the view has asked for anything. */
  private openWith: string | undefined;
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
            parse: (body) => cellsSchema.parse(body),
            answer: async ({ side, step, settings }) =>
              (await this.shown(side))?.reader.source.map(step, settings) ?? NOTHING,
          },
          spectrum: {
            parse: (body) => spectrumParamsSchema.parse(body),
            answer: async ({ side, step, layer, module }) =>
              (await this.shown(side))?.reader.source.spectrum(step, layer, module) ?? null,
          },
        },
        events: {
          chooseOther: { parse: none, hear: () => void this.asked('compare', () => this.chooseOther()) },
          removeOther: { parse: none, hear: () => void this.asked('compare', () => this.removeOther()) },
          exportCsv: {
            parse: (body) => settingsSchema.parse(body),
            hear: (settings) => void this.asked('export', () => this.exportCsv(settings)),
          },
          openRun: { parse: none, hear: () => editor.openRun(path) },
          findIntruders: {
            parse: (body) => findIntrudersSchema.parse(body),
            hear: (params) => void this.asked('intruders', () => this.findIntruders(params)),
          },
          readNorms: {
            parse: (body) => stepSchema.parse(body),
            hear: ({ side, step }) => void this.asked('norms', () => this.readNorms(side, step)),
          },
          startDifference: {
            parse: (body) => sideSchema.parse(body),
            hear: (side) => void this.guard('read', () => this.startDifference(side)),
          },
          cancel: { parse: none, hear: () => void this.guard('read', () => this.cancel()) },
          dismissProblems: { parse: none, hear: () => this.problems.forgetAll() },
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
    if (this.primary !== undefined) void this.guard('read', () => this.tellSources());
  }

  /** Lays a source over the one shown, for who names both. */
  compareWith(key: string): void {
    if (this.primary === undefined) this.openWith = key;
    else void this.asked('compare', () => this.lay(key));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.other?.work.cancel();
    this.primary?.then(
      ({ work }) => work.cancel(),
      () => undefined,
    );
    this.channel.dispose();
  }

  private async open(other: string | null): Promise<Sources> {
    const primary = await this.readPrimary();
    await primary.reader.poll();
    const beside = this.openWith ?? other;
    this.openWith = undefined;
    if (beside !== null && this.other?.reader.source.path !== beside) {
      // A source that has gone since is no reason to show nothing.
      this.other = await this.read(beside).catch(() => undefined);
      if (this.other !== undefined) this.begin(this.other);
    }
    this.schedule();
    this.problems.tellAll();
    return this.sources(primary);
  }

  private async readPrimary(): Promise<Shown> {
    const isFirst = this.primary === undefined;
    this.primary ??= this.read(this.path);
    try {
      const primary = await this.primary;
      if (isFirst) this.begin(primary);
      return primary;
    } catch (error) {
      this.primary = undefined; // the next attempt starts anew
      throw error;
    }
  }

  private async read(key: string): Promise<Shown> {
    const reader = await openRankReader(key, (path) => this.editor.inspect(path));
    const work = new RankWork(
      reader.source,
      this.editor.alone,
      () => void this.guard('read', () => this.tellSources()),
    );
    return { reader, work };
  }

  /** What is done without being asked for: a difference, and the norms of a base that is small and at hand. */
  private begin({ reader, work }: Shown): void {
    const { source, pair } = reader;
    if (pair !== undefined) void this.asked(source.path, () => work.difference(pair));
    else if (!source.isEmpty && source.lacksNorms) {
      // A base that is not there, or too large, is only missed by who asks for the measure.
      void reader.change(source.sortedSteps().at(-1) ?? 0).then(
        (change) => work.norms(change, false).catch(() => undefined),
        () => undefined,
      );
    }
  }

  private sources(primary: Shown): Sources {
    const shown = [primary, ...(this.other === undefined ? [] : [this.other])].map(({ reader }) => reader.source);
    const [first, second] = rankLabels(shown);
    const sources = {
      primary: primary.reader.source.facts(first),
      other: this.other?.reader.source.facts(second) ?? null,
      openedAt: this.openedAt,
    };
    this.openedAt = null; // told once; from then on the view decides
    this.editor.describe(sources);
    return sources;
  }

  private async shown(side: Side): Promise<Shown | undefined> {
    return side === 'primary' ? this.readPrimary() : this.other;
  }

  private async tellSources(): Promise<void> {
    if (!this.disposed) this.channel.event('sources', this.sources(await this.readPrimary()));
  }

  private async chooseOther(): Promise<void> {
    const key = await this.editor.pickOther(this.path);
    if (key !== undefined) await this.lay(key);
  }

  private async lay(key: string): Promise<void> {
    const shown = await this.read(key);
    if (shown.reader.source.isEmpty && shown.reader.pair === undefined)
      throw new UserError(l10n.t('{0}: this run has no spectra yet; wait for its first checkpoint.', key));
    this.leaveOther();
    this.other = shown;
    this.begin(shown);
    await this.tellSources();
  }

  private async removeOther(): Promise<void> {
    this.leaveOther();
    await this.tellSources();
  }

  /** What was wrong with it is of no interest then. */
  private leaveOther(): void {
    if (this.other === undefined) return;
    this.other.work.cancel();
    this.problems.forget(this.other.reader.source.path);
    this.other = undefined;
  }

  private async exportCsv(settings: Settings): Promise<void> {
    const { source } = (await this.readPrimary()).reader;
    this.editor.saveCsv(this.other === undefined ? [source] : [source, this.other.reader.source], settings);
  }

  private async findIntruders({ side, step, place, top }: z.output<typeof findIntrudersSchema>): Promise<void> {
    const shown = await this.shown(side);
    if (shown === undefined) return;
    const { source } = shown.reader;
    const modules = source.withoutCosines(step, place, top);
    if (modules.length > 0) await shown.work.intruders(await shown.reader.change(step), step, modules, top);
  }

  private async readNorms(side: Side, step: number): Promise<void> {
    const shown = await this.shown(side);
    if (shown?.reader.source.lacksNorms === true) await shown.work.norms(await shown.reader.change(step), true);
  }

  private async startDifference(side: Side): Promise<void> {
    const shown = await this.shown(side);
    if (shown?.reader.source.isPartial === true) this.begin(shown);
  }

  private async cancel(): Promise<void> {
    (await this.readPrimary()).work.cancel();
    this.other?.work.cancel();
  }

  /** As `guard`, for what the user wants now: what was wrong with it before is forgotten at once. */
  private asked(what: string, work: () => Promise<void>): Promise<void> {
    this.problems.forget(what);
    return this.guard(what, work);
  }

  /** `what` names in the list of problems what is tried; of a difference its key does. */
  private async guard(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await this.problems.during(what, work);
    } catch (error) {
      this.editor.reportError(error);
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.disposed || !this.visible) return;
    this.timer = setTimeout(
      () => void this.guard('read', () => this.tick()).finally(() => this.schedule()),
      INTERVAL_MS,
    );
  }

  private async tick(): Promise<void> {
    const primary = await this.readPrimary();
    const changed = await Promise.all([primary.reader.poll(), this.other?.reader.poll() ?? false]);
    if (changed.some(Boolean)) await this.tellSources();
  }
}
