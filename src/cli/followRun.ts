import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessExit } from '../engine/rpc/engineEnd';
import type { TrainingProcess } from '../engine/rpc/startTraining';
import { LineFollower } from '../run/lineFile';
import { parseMetric, type Metric } from '../run/metrics';
import { runPaths } from '../run/runDirectory';
import { parseSample, type SampleLine } from '../run/samples';
import { observedState, readStatus, type ObservedState, type RunStatus } from '../run/status';

/** Fast enough to look live, slow enough to cost nothing. */
const POLL_MS = 150;

/** Is told what a run writes, as it writes it. */
export interface RunReporter {
  status(status: RunStatus): void;
  /** `line` is the line of metrics.jsonl as it is. */
  metric(metric: Metric, line: string): void;
  /** `line` is the line of samples.jsonl as it is. */
  sample(sample: SampleLine, line: string): void;
}

export interface RunEnd {
  readonly state: ObservedState;
  readonly status: RunStatus;
  readonly exit: ProcessExit;
}

export interface FollowOptions {
  /** Step of the checkpoint that the run resumes from; what was written up to there is not told again. */
  readonly resumedFrom?: number | undefined;
}

/** Follows the run directory of a process until that has ended and all it wrote was told. */
export async function followRun(
  root: string,
  training: TrainingProcess,
  reporter: RunReporter,
  { resumedFrom }: FollowOptions = {},
): Promise<RunEnd> {
  const paths = runPaths(root);
  const metrics = new MetricFollower(paths.metrics, resumedFrom ?? -1);
  const samples = new SampleFollower(paths.samples, resumedFrom ?? -1);
  let exit: ProcessExit | undefined;
  const exited = training.exited.then((value) => {
    exit = value;
  });
  let told = '';
  // A resumed engine first takes back what was written after its checkpoint; until then the file is not to be told.
  let readable = resumedFrom === undefined;
  for (;;) {
    const end = exit; // read before the files, so that the last look comes after the last write
    const status = await readStatus(paths.status);
    if (status !== undefined && JSON.stringify(status) !== told) {
      told = JSON.stringify(status);
      reporter.status(status);
    }
    readable ||= status !== undefined && status.state !== 'starting' && status.state !== 'failed';
    if (readable) {
      for (const [metric, line] of await metrics.read()) reporter.metric(metric, line);
      for (const [sample, line] of await samples.read()) reporter.sample(sample, line);
    }
    if (end !== undefined) {
      if (status === undefined) throw new Error(`${paths.status} has become unreadable`);
      return { state: observedState(status, hostname()), status, exit: end };
    }
    await Promise.race([sleep(POLL_MS), exited]);
  }
}

/** The metrics of a run in order, each once, also when the file was rewritten meanwhile. */
class MetricFollower {
  private readonly follower: LineFollower;
  private readonly newest: Record<Metric['kind'], number>;

  constructor(file: string, afterStep: number) {
    this.follower = new LineFollower(file);
    this.newest = { step: afterStep, evaluation: afterStep };
  }

  async read(): Promise<[Metric, string][]> {
    const { lines } = await this.follower.read();
    const fresh: [Metric, string][] = [];
    for (const line of lines) {
      const metric = parseMetric(line);
      if (metric === undefined || metric.step <= this.newest[metric.kind]) continue;
      this.newest[metric.kind] = metric.step;
      fresh.push([metric, line]);
    }
    return fresh;
  }
}

/** The samples of a run in order, each once, likewise. */
class SampleFollower {
  private readonly follower: LineFollower;
  private readonly told = new Set<string>();

  constructor(
    file: string,
    private readonly afterStep: number,
  ) {
    this.follower = new LineFollower(file);
  }

  async read(): Promise<[SampleLine, string][]> {
    const { lines } = await this.follower.read();
    return lines.flatMap((line): [SampleLine, string][] => {
      const sample = parseSample(line);
      if (sample === undefined || sample.step <= this.afterStep) return [];
      const key = `${sample.kind} ${sample.step} ${sample.index}`;
      if (this.told.has(key)) return [];
      this.told.add(key);
      return [[sample, line]];
    });
  }
}
