import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Configuration } from '../../config/schema';
import { listCheckpoints } from '../../run/checkpoints';
import { parseMetric } from '../../run/metrics';
import { readRunConfiguration } from '../../run/runConfiguration';
import { runName, runPaths, type RunPaths } from '../../run/runDirectory';
import {
  isActive,
  newerVersion,
  observedState,
  readStatus,
  type ObservedState,
  type RunStatus,
} from '../../run/status';
import { ReplaceableLines } from './replaceableLines';
import { sizeOf } from './samples/runSamples';
import { RunSeries } from './series/runSeries';

/** Lines parsed before the extension host gets its turn; some milliseconds of work. */
const LINES_AT_ONCE = 2000;

/** A run directory as it grows. It reads only when asked, so a hidden panel costs nothing. */
export class RunSource {
  readonly series = new RunSeries();
  readonly paths: RunPaths;
  status: RunStatus | undefined;
  /** The configuration that ran; undefined until config.json can be read. */
  configuration: Configuration | undefined;
  checkpoints: readonly number[] = [];
  /** Bytes of samples.jsonl. */
  sampleBytes = 0;
  /** The directory was there and is there no more; what was read of it is kept. */
  isGone = false;

  /** The version of its status where a newer MoRA Studio wrote it, which this one cannot read. */
  newerVersion: number | undefined;

  private readonly metrics: ReplaceableLines;
  private polling: Promise<boolean> | undefined;

  constructor(root: string) {
    this.paths = runPaths(root);
    this.metrics = new ReplaceableLines(this.paths.metrics);
  }

  get root(): string {
    return this.paths.root;
  }

  /** What a person calls it: the name of its configuration. */
  get name(): string {
    return runName(this.root, this.status?.configurationFile ?? null);
  }

  get state(): ObservedState | 'unknown' {
    return this.status === undefined || this.isGone || this.newerVersion !== undefined
      ? 'unknown'
      : observedState(this.status, hostname());
  }

  /** Whether it may still grow by itself. */
  get isLive(): boolean {
    return this.state !== 'unknown' && isActive(this.state);
  }

  /** Reads what is new. True when there was something. Calls at the same time share one reading. */
  poll(): Promise<boolean> {
    this.polling ??= this.read().finally(() => (this.polling = undefined));
    return this.polling;
  }

  private async read(): Promise<boolean> {
    const before = {
      state: this.state,
      newerVersion: this.newerVersion,
      updatedAt: this.status?.updatedAt,
      checkpoints: this.checkpoints.join(),
      sampleBytes: this.sampleBytes,
    };
    // On a shared disk a file that is being replaced may be missing for a moment.
    const status = await readStatus(this.paths.status);
    this.isGone = status === undefined && this.status !== undefined && !existsSync(this.root);
    this.newerVersion = status === undefined ? await newerVersion(this.paths.status) : undefined;
    this.status = status ?? this.status;
    this.configuration ??= await readRunConfiguration(this.paths.config);
    this.checkpoints = (await listCheckpoints(this.paths.checkpoints)).map(({ step }) => step);
    this.sampleBytes = await sizeOf(this.paths.samples);
    const grew = await this.readMetrics();
    return (
      grew ||
      before.state !== this.state ||
      before.newerVersion !== this.newerVersion ||
      before.updatedAt !== this.status?.updatedAt ||
      before.checkpoints !== this.checkpoints.join() ||
      before.sampleBytes !== this.sampleBytes
    );
  }

  private async readMetrics(): Promise<boolean> {
    const { lines, restarted } = await this.metrics.read();
    if (restarted) this.series.clear();
    for (const [index, line] of lines.entries()) {
      const metric = parseMetric(line);
      if (metric !== undefined && !this.series.append(metric)) return this.readAgain();
      if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await setImmediate();
    }
    return restarted || lines.length > 0;
  }

  /** A step came twice: the file was rewritten in its place. */
  private async readAgain(): Promise<boolean> {
    this.series.clear();
    this.metrics.restart();
    for (const line of (await this.metrics.read()).lines) {
      const metric = parseMetric(line);
      if (metric !== undefined) this.series.append(metric);
    }
    return true;
  }
}
