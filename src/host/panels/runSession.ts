import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Channel, type Envelope } from '../protocol/channel';
import {
  CONTROLS,
  MAX_OVERLAYS,
  OPENABLE,
  readoutSchema,
  runViewSchema,
  samplePromptSchema,
  sampleStepSchema,
  type Control,
  type Openable,
  type Readout,
  type RunHostEnd,
  type RunPanelEnd,
  type RunSnapshot,
  type RunView,
} from '../protocol/runPanel';
import { configurationDifferences } from './configurationDifference';
import { readout, runSnapshot } from './runSnapshot';
import { RunSource } from './runSource';
import { RunSamples } from './samples/runSamples';

/** A growing run is looked at five times a second: smooth to the eye, and little for a remote connection. */
const LIVE_INTERVAL_MS = 200;
/** A run that has ended may be resumed from elsewhere. */
const IDLE_INTERVAL_MS = 2000;
/** A megapixel picture is below this; a bound on what a panel may send. */
const MAX_PNG_URL = 64 << 20;

/** What the panel needs of the editor. */
export interface RunSessionEditor {
  post(message: Envelope): void;
  control(root: string, action: Control): Promise<void>;
  open(root: string, what: Openable): void;
  /** Asks which runs to lay over this one; undefined when the user turns away. */
  pickRuns(root: string, chosen: readonly string[]): Promise<readonly string[] | undefined>;
  saveCsv(sources: readonly RunSource[]): void;
  saveTensorBoard(sources: readonly RunSource[]): void;
  savePng(name: string, dataUrl: string): void;
  /** After each snapshot, for the tab's title. */
  describe(snapshot: RunSnapshot): void;
  reportError(error: unknown): void;
}

/** One run panel: answers what it asks and, while it is visible, tells it what is new. */
export class RunSession {
  private readonly source: RunSource;
  private readonly samples: RunSamples;
  private overlays: readonly RunSource[] = [];
  private readonly channel: Channel<RunHostEnd, RunPanelEnd>;
  private view: RunView | undefined;
  /** Runs to lay over it that were named before the panel could hear of them. */
  private wanted: readonly string[] | undefined;
  /** Whether the panel lacks what was read: a reading failed after it had begun. */
  private owesSnapshot = false;
  private visible = true;
  private disposed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    root: string,
    private readonly editor: RunSessionEditor,
  ) {
    this.source = new RunSource(root);
    this.samples = new RunSamples(this.source.paths.samples);
    const none = z.null().parse.bind(z.null());
    this.channel = new Channel<RunHostEnd, RunPanelEnd>(
      (message) => editor.post(message),
      {
        requests: {
          look: { parse: (body) => runViewSchema.parse(body), answer: (view) => this.look(view) },
          readout: {
            parse: (body) => readoutSchema.parse(body),
            answer: ({ axis, x, smoothing }) =>
              this.shown()
                .map((source) => readout(source, axis, x, smoothing))
                .filter((values): values is Readout => values !== undefined),
          },
          evaluations: { parse: none, answer: () => this.evaluations() },
          differences: { parse: none, answer: () => this.differences() },
          samples: {
            parse: (body) => sampleStepSchema.parse(body),
            answer: async (step) => {
              await this.samples.read();
              return this.samples.at(step);
            },
          },
          sampleHistory: {
            parse: (body) => samplePromptSchema.parse(body),
            answer: (prompt) => this.samples.history(prompt),
          },
          control: {
            parse: (body) => z.enum(CONTROLS).parse(body),
            answer: async (action) => {
              await editor.control(root, action);
              return null;
            },
          },
        },
        events: {
          open: { parse: (body) => z.enum(OPENABLE).parse(body), hear: (what) => editor.open(root, what) },
          chooseOverlays: { parse: none, hear: () => void this.chooseOverlays() },
          exportCsv: { parse: none, hear: () => editor.saveCsv(this.shown()) },
          exportTensorBoard: { parse: none, hear: () => editor.saveTensorBoard(this.shown()) },
          exportPng: {
            parse: (body) => z.string().startsWith('data:image/png;base64,').max(MAX_PNG_URL).parse(body),
            hear: (dataUrl) => editor.savePng(this.source.name, dataUrl),
          },
        },
      },
      (error) => editor.reportError(error),
    );
  }

  receive(message: unknown): void {
    this.channel.receive(message);
  }

  /** Lays these runs over this one, in place of those that were. */
  overlay(roots: readonly string[]): void {
    this.wanted = roots.filter((root) => root !== this.source.root).slice(0, MAX_OVERLAYS);
    if (this.view !== undefined) this.tellWanted();
  }

  /** A hidden panel is not told anything; when it is shown again it catches up. */
  setVisible(visible: boolean): void {
    if (this.visible === visible) return;
    this.visible = visible;
    if (visible) this.schedule(0);
    else this.stopWaiting();
  }

  dispose(): void {
    this.disposed = true;
    this.stopWaiting();
    this.channel.dispose();
  }

  private shown(): readonly RunSource[] {
    return [this.source, ...this.overlays];
  }

  private async look(view: RunView): Promise<RunSnapshot> {
    const isFirst = this.view === undefined;
    const isNew = view.overlays.join('\n') !== this.overlays.map(({ root }) => root).join('\n');
    this.view = view;
    this.tellWanted();
    if (isNew) {
      const known = new Map(this.overlays.map((source) => [source.root, source]));
      this.overlays = view.overlays.map((root) => known.get(root) ?? new RunSource(root));
    }
    try {
      if (isFirst || isNew) await Promise.all(this.shown().map((source) => source.poll()));
    } catch (error) {
      this.owesSnapshot = true; // the panel fills by itself once the files can be read
      throw error;
    } finally {
      // One that waits is left to come: who looks often, as in zooming, would put off what is new for as long.
      if (isFirst || isNew || this.timer === undefined) this.schedule(LIVE_INTERVAL_MS);
    }
    return this.snapshot(view);
  }

  private snapshot(view: RunView): RunSnapshot {
    const snapshot = runSnapshot(this.source, this.overlays, view);
    this.editor.describe(snapshot);
    return snapshot;
  }

  private schedule(delay: number): void {
    this.stopWaiting();
    if (this.disposed || !this.visible || this.view === undefined) return;
    this.timer = setTimeout(() => void this.tick(), delay);
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async tick(): Promise<void> {
    this.timer = undefined;
    try {
      const changed = await Promise.all(this.shown().map((source) => source.poll()));
      const { view } = this;
      if (this.disposed || !this.visible || view === undefined) return;
      if (this.owesSnapshot || changed.some(Boolean)) this.channel.event('snapshot', this.snapshot(view));
      this.owesSnapshot = false;
    } catch (error) {
      this.owesSnapshot = true;
      this.editor.reportError(error);
    }
    this.schedule(this.shown().some((source) => source.isLive) ? LIVE_INTERVAL_MS : IDLE_INTERVAL_MS);
  }

  private evaluations(): RunHostEnd['requests']['evaluations']['result'] {
    const { evaluations, validationLoss, accuracy } = this.source.series;
    return Array.from({ length: evaluations.step.length }, (_, index) => ({
      step: evaluations.step.at(index),
      epoch: evaluations.epoch.at(index),
      loss: validationLoss.values.at(index),
      accuracy: accuracy.values.at(index),
    }));
  }

  private async differences(): Promise<RunHostEnd['requests']['differences']['result']> {
    const texts = await Promise.all(this.shown().map(({ paths }) => readFile(paths.config, 'utf8').catch(() => '{}')));
    return configurationDifferences(texts.map((text): unknown => JSON.parse(text)));
  }

  private tellWanted(): void {
    if (this.wanted !== undefined) this.channel.event('overlays', this.wanted);
    this.wanted = undefined;
  }

  private async chooseOverlays(): Promise<void> {
    try {
      const chosen = await this.editor.pickRuns(
        this.source.root,
        this.overlays.map(({ root }) => root),
      );
      if (chosen !== undefined) this.channel.event('overlays', chosen);
    } catch (error) {
      this.editor.reportError(error);
    }
  }
}
