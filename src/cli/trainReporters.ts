import { createLogUpdate } from 'log-update';
import type { EvaluationMetric, Metric, StepMetric } from '../run/metrics';
import type { SampleLine } from '../run/samples';
import type { RunStatus } from '../run/status';
import type { RunReporter } from './followRun';
import { sampleLineText } from './sampleText';
import { sizedOutput, type Terminal } from './terminal';
import { liveBlock, plainLine, type TrainProgress } from './trainProgress';

/** Shows a run; has something to take down at the end. */
export interface TrainReporter extends RunReporter {
  /** A line for stderr, which a live block must make room for. */
  notice(text: string): void;
  close(): void;
}

/** Seconds between the plain lines of a run that is not watched on a terminal. */
const PLAIN_INTERVAL = 5;

/** The little curve needs no more; a long run would collect millions. */
const MAX_LOSSES = 4096;

type Write = (line: string) => void;

/** Picks how a run is shown. */
export function trainReporter(title: string, json: boolean, terminal: Terminal, write: Write): TrainReporter {
  if (json) return new JsonReporter(write);
  return terminal.live ? new LiveReporter(title, terminal) : new PlainReporter(title, write);
}

/** Each line of stdout is one event: the lines of metrics.jsonl and samples.jsonl as they are, and changes of the run's state. */
class JsonReporter implements TrainReporter {
  private state = '';

  constructor(private readonly write: Write) {}

  status(status: RunStatus): void {
    if (status.state === this.state) return;
    this.state = status.state;
    this.write(JSON.stringify({ kind: 'status', ...status }));
  }

  metric(_metric: Metric, line: string): void {
    this.write(line);
  }

  sample(_sample: SampleLine, line: string): void {
    this.write(line);
  }

  notice(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  close(): void {
    // nothing is open
  }
}

/** Keeps what the lines for people are made of. */
abstract class ProgressReporter implements TrainReporter {
  private latest: RunStatus | undefined;
  protected step: StepMetric | undefined;
  private evaluation: EvaluationMetric | undefined;
  private losses: number[] = [];

  constructor(private readonly title: string) {}

  status(status: RunStatus): void {
    this.latest = status;
    this.changed('status');
  }

  metric(metric: Metric): void {
    if (metric.kind === 'evaluation') {
      this.evaluation = metric;
    } else {
      this.step = metric;
      if (metric.loss !== null) this.losses.push(metric.loss);
      if (this.losses.length > MAX_LOSSES) this.losses = this.losses.filter((_, index) => index % 2 === 1);
    }
    this.changed(metric.kind);
  }

  notice(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  abstract sample(sample: SampleLine): void;
  abstract close(): void;

  protected abstract changed(what: 'status' | Metric['kind']): void;

  protected progress(): TrainProgress | undefined {
    const { title, latest, step, evaluation, losses } = this;
    return latest === undefined ? undefined : { title, status: latest, step, evaluation, losses };
  }
}

/** A block rewritten in place, once for all that a look at the run brought. */
class LiveReporter extends ProgressReporter {
  private readonly block = createLogUpdate(sizedOutput(process.stdout));
  private drawing = false;

  constructor(
    title: string,
    private readonly terminal: Terminal,
  ) {
    super(title);
  }

  override notice(text: string): void {
    this.block.clear();
    super.notice(text);
    this.draw();
  }

  sample(sample: SampleLine): void {
    this.block.clear();
    process.stdout.write(`${sampleLineText(sample)}\n`);
    this.draw();
  }

  close(): void {
    this.draw();
    this.block.done();
  }

  protected changed(): void {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => this.draw());
  }

  private draw(): void {
    this.drawing = false;
    const progress = this.progress();
    if (progress !== undefined) this.block(liveBlock(progress, this.terminal));
  }
}

/** A line now and then before the first step, at that, at every evaluation, now and then, and at the end. */
class PlainReporter extends ProgressReporter {
  private writtenAt = performance.now();
  private writtenStep = -1;

  constructor(
    title: string,
    private readonly write: Write,
  ) {
    super(title);
  }

  sample(sample: SampleLine): void {
    this.write(sampleLineText(sample));
  }

  close(): void {
    if (this.step !== undefined && this.step.step !== this.writtenStep) this.writeLine();
  }

  protected changed(what: 'status' | Metric['kind']): void {
    const due = performance.now() - this.writtenAt > PLAIN_INTERVAL * 1000;
    // Until the first step, what the run is busy with: a download may take long.
    const waiting = this.step === undefined;
    const first = what === 'step' && this.writtenStep === -1;
    if (waiting ? due : what === 'evaluation' || first || (what === 'step' && due)) this.writeLine();
  }

  private writeLine(): void {
    const progress = this.progress();
    if (progress === undefined) return;
    this.writtenAt = performance.now();
    this.writtenStep = this.step?.step ?? -1;
    this.write(plainLine(progress));
  }
}
