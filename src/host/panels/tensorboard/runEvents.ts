import { basename } from 'node:path';
import type { RunSource } from '../runSource';
import type { Places, RunSeries } from '../series/runSeries';
import { eventFile, type ScalarEvent } from './eventFile';

/** An event file and the folder below the log directory that makes it a run of TensorBoard. */
export interface RunEventFile {
  readonly folder: string;
  readonly name: string;
  pieces(): Iterable<Uint8Array>;
}

/** The event files of several runs, which may be called alike in different folders. */
export function runEventFiles(sources: readonly RunSource[]): RunEventFile[] {
  const taken = new Set<string>();
  return sources.map((source) => {
    const file = runEventFile(source);
    let folder = file.folder;
    for (let number = 2; taken.has(folder); number++) folder = `${file.folder}-${number}`;
    taken.add(folder);
    return { ...file, folder };
  });
}

/**
 * Every point of a run as a TensorBoard event file. Tags are those that the Trainer of transformers writes, so that runs of
 * both lie on one chart. Steps and evaluations come in the order of their steps. A loss or a gradient norm that is not
 * a number stays one, because TensorBoard marks it; other figures without a value are left out. The time of a step is
 * the start of the run and the seconds it had trained; a run of unknown start begins at 0.
 */
function runEventFile(source: RunSource): RunEventFile {
  const started = Date.parse(source.status?.startedAt ?? '') / 1000;
  const start = Number.isFinite(started) ? started : 0;
  return {
    folder: basename(source.root),
    // The same name each time: exporting again replaces the file instead of doubling the curve.
    name: `events.out.tfevents.${Math.floor(start)}.mora`,
    pieces: () => eventFile(start, runEvents(source.series, start)),
  };
}

function* runEvents(series: RunSeries, start: number): Generator<ScalarEvent> {
  const { steps, evaluations } = series;
  const stepCount = steps.step.length;
  const evaluationCount = evaluations.step.length;
  for (let step = 0, evaluation = 0; step < stepCount || evaluation < evaluationCount;) {
    const isStepNext =
      evaluation === evaluationCount || (step < stepCount && steps.step.at(step) <= evaluations.step.at(evaluation));
    yield isStepNext ? stepEvent(series, step++, start) : evaluationEvent(series, evaluation++, start);
  }
}

function stepEvent(series: RunSeries, index: number, start: number): ScalarEvent {
  return {
    ...placeOf(series.steps, index, start),
    scalars: [
      ['train/loss', series.loss.values.at(index)],
      ['train/grad_norm', series.gradNorm.values.at(index)],
      ...known('train/learning_rate', series.learningRate.values.at(index)),
      ...known('train/epoch', series.steps.epoch.at(index)),
      ...known('train/tokens', series.steps.tokens.at(index)),
      ...known('train/tokens_per_second', series.tokensPerSecond.values.at(index)),
      ...known('train/resident_bytes', series.residentBytes.values.at(index)),
    ],
  };
}

function evaluationEvent(series: RunSeries, index: number, start: number): ScalarEvent {
  return {
    ...placeOf(series.evaluations, index, start),
    scalars: [
      ['eval/loss', series.validationLoss.values.at(index)],
      ...known('eval/accuracy', series.accuracy.values.at(index)),
    ],
  };
}

function placeOf(places: Places, index: number, start: number): Pick<ScalarEvent, 'wallTime' | 'step'> {
  return { wallTime: start + places.seconds.at(index), step: places.step.at(index) };
}

function known(tag: string, value: number): ScalarEvent['scalars'] {
  return Number.isNaN(value) ? [] : [[tag, value]];
}
