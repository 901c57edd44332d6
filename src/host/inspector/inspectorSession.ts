import * as l10n from '@vscode/l10n';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import type { Contents, TensorPlace, TensorStatistics } from '../../engine/rpc/contents';
import type { EngineService } from '../../engine/rpc/engineService';
import { Channel, type Envelope } from '../protocol/channel';
import {
  openSchema,
  SAMPLE_VALUES,
  statisticsSchema,
  valuesSchema,
  type InspectorActions,
  type InspectorHostEnd,
  type InspectorViewEnd,
  type Opened,
} from '../protocol/inspector';

/** Where the engine finds the checkpoint: the file itself, or a copy of one that is not on a disk. */
export interface LocalCheckpoint {
  readonly path: string;
  /** What has to be said of how it was read. */
  readonly note: string | null;
}

/** What the inspector needs of the editor and the engine. */
export interface InspectorEditor {
  post(message: Envelope): void;
  engine(): Promise<Pick<EngineService, 'contents' | 'statistics' | 'values'>>;
  /** Where the file is now; `anew` copies it again where it has to be copied. */
  locate(anew: boolean, signal: AbortSignal): Promise<LocalCheckpoint>;
  actionsFor(contents: Contents): InspectorActions;
  act(action: 'openRank' | 'merge' | 'exportPeft' | 'talk' | 'compare'): void;
  reportError(error: unknown): void;
}

/** Statistics kept of tensors that were looked at. */
const KEPT = 200;

interface Reading {
  readonly key: string;
  readonly controller: AbortController;
  readonly result: Promise<TensorStatistics | null>;
}

/**
 * One inspector: lists the checkpoint and answers questions about its values. All reading is the engine's, in a process
 * of its own: a hostile file that brings it down takes a request with it, not the editor.
 */
export class InspectorSession {
  private readonly channel: Channel<InspectorHostEnd, InspectorViewEnd>;
  private readonly ended = new AbortController();
  private opened: Promise<Opened> | undefined;
  private contents: Contents | undefined;
  /** What became of the file since it was listed; a hidden page does not hear of it. */
  private fileState: 'changed' | 'gone' | undefined;
  private reading: Reading | undefined;
  private readonly known = new Map<string, TensorStatistics>();

  constructor(private readonly editor: InspectorEditor) {
    const none = (body: unknown): null => z.null().parse(body);
    const act = (action: Parameters<InspectorEditor['act']>[0]) => ({
      parse: none,
      hear: () => editor.act(action),
    });
    this.channel = new Channel<InspectorHostEnd, InspectorViewEnd>(
      (message) => editor.post(message),
      {
        requests: {
          open: { parse: (body) => openSchema.parse(body), answer: ({ anew }) => this.open(anew) },
          statistics: {
            parse: (body) => statisticsSchema.parse(body),
            answer: ({ file, tensor, whole }) => this.statistics(this.placeOf(file, tensor), whole),
          },
          values: {
            parse: (body) => valuesSchema.parse(body),
            answer: async ({ file, tensor, ...window }) =>
              (await editor.engine()).values({ ...this.placeOf(file, tensor), ...window }, this.ended.signal),
          },
        },
        events: {
          cancelStatistics: { parse: none, hear: () => this.reading?.controller.abort() },
          openRank: act('openRank'),
          merge: act('merge'),
          exportPeft: act('exportPeft'),
          talk: act('talk'),
          compare: act('compare'),
        },
      },
      (error) => editor.reportError(error),
    );
  }

  receive(message: unknown): void {
    this.channel.receive(message);
  }

  tellFile(state: InspectorViewEnd['events']['file']): void {
    this.fileState = state === 'gone' ? 'gone' : 'changed';
    if (this.contents !== undefined) this.channel.event('file', state);
  }

  /** After trust was granted. */
  tellActions(): void {
    if (this.contents !== undefined) this.channel.event('actions', this.editor.actionsFor(this.contents));
  }

  dispose(): void {
    this.ended.abort();
    this.reading?.controller.abort();
    this.channel.dispose();
  }

  private async open(anew: boolean): Promise<Opened> {
    // A page that is made anew shows nothing yet that a new listing could take away.
    if (anew || this.opened === undefined || this.fileState === 'changed') {
      const opening = this.read(anew || this.fileState === 'changed');
      this.opened = opening;
      opening.catch(() => {
        if (this.opened === opening) this.opened = undefined; // the next attempt starts anew
      });
    }
    const opened = await this.opened;
    return { ...opened, actions: this.editor.actionsFor(opened.contents), isGone: this.fileState === 'gone' };
  }

  private async read(anew: boolean): Promise<Opened> {
    const { signal } = this.ended;
    const [{ path, note }, engine] = await Promise.all([this.editor.locate(anew, signal), this.editor.engine()]);
    this.fileState = undefined; // what happens from here on is news
    const began = performance.now();
    const contents = await engine.contents({ path }, signal);
    const milliseconds = performance.now() - began;
    this.contents = contents;
    this.known.clear();
    return { contents, milliseconds, note, actions: this.editor.actionsFor(contents), isGone: false };
  }

  private placeOf(file: number, tensor: string): TensorPlace {
    const found = this.contents?.files[file];
    if (found === undefined) throw new UserError(l10n.t('The listing is not of this file any more; reload it.'));
    return { path: found.path, stamp: found.stamp, tensor };
  }

  private async statistics(place: TensorPlace, whole: boolean): Promise<TensorStatistics | null> {
    const limit = whole ? null : SAMPLE_VALUES;
    const key = JSON.stringify([place, limit]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    // The page may have been made anew while it was hidden, and asks again for what is being read.
    if (this.reading?.key === key) return this.reading.result;
    this.reading?.controller.abort();
    const controller = new AbortController();
    const reading: Reading = { key, controller, result: this.compute(place, limit, key, controller.signal) };
    this.reading = reading;
    try {
      return await reading.result;
    } finally {
      if (this.reading === reading) this.reading = undefined;
    }
  }

  private async compute(
    place: TensorPlace,
    limit: number | null,
    key: string,
    signal: AbortSignal,
  ): Promise<TensorStatistics | null> {
    const engine = await this.editor.engine();
    try {
      const statistics = await engine.statistics(
        { ...place, limit },
        ({ done, total }) => this.channel.event('progress', { tensor: place.tensor, done, total }),
        signal,
      );
      this.known.set(key, statistics);
      for (const oldest of this.known.keys()) {
        if (this.known.size <= KEPT) break;
        this.known.delete(oldest);
      }
      return statistics;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }
}
