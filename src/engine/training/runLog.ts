import { appendFile } from 'node:fs/promises';
import { atomicWrite } from '../../run/atomicWrite';
import type { DataReport } from '../../run/dataReport';
import { dataReportLines } from '../../run/dataReportText';
import { parseMetric, type EvaluationMetric, type StepMetric } from '../../run/metrics';
import { keepLines } from '../../run/lineFile';
import { runPaths, type RunPaths } from '../../run/runDirectory';
import { parseSample, type SampleLine } from '../../run/samples';
import { parseSpectrum, type SpectrumLine } from '../../run/spectra';
import { readStatus, writeStatus, type RunStatus } from '../../run/status';

/** status.json is for people to look at; twice a second is live enough and costs the loop nothing. */
const STATUS_INTERVAL_MS = 500;

/** What else becomes of what a run says of itself. */
export interface RunLogOptions {
  /** Where lines for people go beside log.txt; standard output unless told, which is the log of a process that trains. */
  readonly print?: (text: string) => void;
  /** Hears the status whenever it changes, also when it is not written. */
  readonly onStatus?: (status: RunStatus) => void;
}

/** What a run writes of itself: metrics, spectra and samples as they come, its status at intervals. */
export class RunLog {
  private lastWritten = 0;
  /** Writes of the status follow one another, so that an older one can never replace a newer one. */
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly paths: RunPaths,
    private current: RunStatus,
    private readonly options: RunLogOptions,
  ) {}

  /** For a run directory with a status. */
  static async open(root: string, options: RunLogOptions = {}): Promise<RunLog> {
    const paths = runPaths(root);
    const status = await readStatus(paths.status);
    if (status === undefined) throw new Error(`${paths.status} is missing or malformed`);
    return new RunLog(paths, status, options);
  }

  get status(): RunStatus {
    return this.current;
  }

  /** Takes back what was written after a step: a run that resumes from its checkpoint writes it again. */
  async rewind(step: number): Promise<void> {
    await keepLines(this.paths.metrics, (line) => (parseMetric(line)?.step ?? Infinity) <= step);
    await keepLines(this.paths.spectra, (line) => (parseSpectrum(line)?.step ?? Infinity) <= step);
    await keepLines(this.paths.samples, (line) => (parseSample(line)?.step ?? Infinity) <= step);
  }

  async metric(metric: StepMetric | EvaluationMetric): Promise<void> {
    await appendFile(this.paths.metrics, `${JSON.stringify(metric)}\n`);
  }

  async spectra(lines: readonly SpectrumLine[]): Promise<void> {
    await appendFile(this.paths.spectra, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  async samples(lines: readonly SampleLine[]): Promise<void> {
    await appendFile(this.paths.samples, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** A line for whoever reads the run's log. */
  async note(line: string): Promise<void> {
    await appendFile(this.paths.log, `${line}\n`);
  }

  /** Says what became of the data: to programs in data.json, to people in log.txt, where the engine's output goes. */
  async data(report: DataReport): Promise<void> {
    await atomicWrite(this.paths.data, `${JSON.stringify(report, null, 2)}\n`);
    const lines = [...dataReportLines(report), ...report.warnings.map((warning) => `warning: ${warning}`)];
    const { print = (text: string) => process.stdout.write(text) } = this.options;
    print(lines.map((line) => `data: ${line}\n`).join(''));
  }

  /** Changes the status at once. */
  async update(change: Partial<RunStatus>): Promise<void> {
    this.take(change);
    this.lastWritten = Date.now();
    this.writing = this.writing.catch(() => undefined).then(() => writeStatus(this.paths.status, this.current));
    await this.writing;
  }

  /** Changes the status and writes it when the last time is long enough ago. */
  async progress(change: Partial<RunStatus>): Promise<void> {
    this.take(change);
    if (Date.now() - this.lastWritten >= STATUS_INTERVAL_MS) await this.update({});
  }

  /** Waits for the status that is being written. */
  async settled(): Promise<void> {
    await this.writing.catch(() => undefined);
  }

  private take(change: Partial<RunStatus>): void {
    this.current = { ...this.current, ...change, updatedAt: new Date().toISOString() };
    this.options.onStatus?.(this.current);
  }
}
