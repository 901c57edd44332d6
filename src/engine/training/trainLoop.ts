import { chosenLearningRate } from '../../config/learningRate';
import { UserError } from '../../config/userError';
import { listCheckpoints } from '../../run/checkpoints';
import { finiteOrNull } from '../../run/metrics';
import type { PackedBatch } from '../data/packing';
import type { TrainingControl } from '../runControl';
import { evaluate } from './evaluate';
import { microBatches } from './microBatches';
import { resumeFingerprint, saveRunCheckpoint, spectrumLines } from './runCheckpoint';
import { learningRate } from './schedule';
import type { Run } from './startRun';
import { StepExamples } from './stepExamples';
import { trainStep } from './trainStep';
import { validationBatches } from './validationBatches';

/** Trains from where the run stands to its last step, or until asked to stop. */
export async function trainLoop(run: Run, control: TrainingControl): Promise<void> {
  const { configuration, data, layout, log, progress, trainer } = run;
  const { training } = configuration;
  const stepExamples = new StepExamples(data.train.examples, training.batchSize, run.totalSteps, training.seed);
  const evaluates = training.evaluateEvery > 0 && data.validation.examples.length > 0;
  const firstStep = progress.step;
  const peak = chosenLearningRate(training, configuration.adapter).rate;

  await log.update({ state: 'running', activity: null, step: progress.step });
  if (evaluates && progress.step === 0) await runEvaluation(run, control);
  progress.stopwatch.start();
  while (progress.step < run.totalSteps && !control.stopRequested) {
    const step = progress.step + 1;
    const began = performance.now();
    const batches = microBatches(await stepExamples.of(progress.step), layout);
    const rate = learningRate(progress.step, run.totalSteps, { ...training, learningRate: peak });
    const result = await trainStep(trainer, batches, step, rate);
    const seconds = progress.stopwatch.seconds;
    const tokens = sumOf(batches, ({ tokenCount }) => tokenCount);
    const tokensPerSecond = (1000 * tokens) / (performance.now() - began);
    progress.tokens += tokens;
    const epoch = (step * training.batchSize) / data.train.examples.length;
    await log.metric({
      kind: 'step',
      step,
      epoch,
      tokens,
      supervisedTokens: sumOf(batches, ({ supervised }) => supervised),
      loss: finiteOrNull(result.loss),
      learningRate: rate,
      gradNorm: finiteOrNull(result.gradientNorm),
      tokensPerSecond,
      residentBytes: process.memoryUsage.rss(),
      seconds,
    });
    if (!result.updated) {
      throw await notANumber(run, step, Number.isFinite(result.loss) ? 'The gradient' : 'The loss');
    }
    progress.step = step;
    const pace = progress.stopwatch.sinceStart / (step - firstStep);
    await log.progress({
      step,
      epoch,
      loss: result.loss,
      tokensPerSecond,
      secondsLeft: pace * (run.totalSteps - step),
    });

    const last = step === run.totalSteps || control.stopRequested;
    if (evaluates && (step === run.totalSteps || step % training.evaluateEvery === 0)) {
      await runEvaluation(run, control);
    }
    if (last && step < run.totalSteps) await log.update({ state: 'stopping' });
    const due = training.saveEvery > 0 && step % training.saveEvery === 0;
    if (last || due || control.saveRequested) await save(run, control);
    await control.waitWhilePaused(async () => {
      progress.stopwatch.stop();
      await log.update({ state: 'paused', secondsLeft: null });
    });
    if (!progress.stopwatch.running) {
      progress.stopwatch.start();
      await log.update({ state: 'running' });
    }
  }
  // Asked to stop between a save and the next step, or before the first step of a resumed run.
  if (control.stopRequested && log.status.checkpointStep !== progress.step && progress.step > 0)
    await save(run, control);
  await log.update({
    state: progress.step < run.totalSteps ? 'stopped' : 'finished',
    activity: null,
    secondsLeft: null,
  });
}

async function runEvaluation(run: Run, control: TrainingControl): Promise<void> {
  const { data, layout, log, progress, trainer } = run;
  await log.progress({ activity: 'evaluating' });
  const batches = validationBatches(data.validation.examples, layout);
  const found = await evaluate(trainer.pass, trainer.head, batches, () => !control.stopRequested);
  if (found !== undefined) {
    const loss = finiteOrNull(found.loss);
    await log.metric({ kind: 'evaluation', step: progress.step, loss, accuracy: finiteOrNull(found.accuracy) });
    await log.progress({ validationLoss: loss });
  }
  await log.progress({ activity: null });
}

async function save(run: Run, control: TrainingControl): Promise<void> {
  const { configuration, data, decoder, log, progress, trainer } = run;
  const { adapters, optimizer } = trainer;
  await log.progress({ activity: 'saving' });
  // A checkpoint is always one that training can go on from.
  if (!adapters.parameters.every(({ values }) => values.every(Number.isFinite))) {
    throw await notANumber(run, progress.step, 'A parameter');
  }
  // Spectra first: whoever sees the checkpoint finds them. A kill between the two is mended by rewind.
  await log.spectra(spectrumLines(adapters, progress.step));
  await saveRunCheckpoint(log.paths.checkpoints, configuration, decoder.layers, adapters, optimizer, {
    step: progress.step,
    totalSteps: run.totalSteps,
    seed: configuration.training.seed,
    trainExamples: data.train.examples.length,
    tokens: progress.tokens,
    seconds: progress.stopwatch.seconds,
    configuration: resumeFingerprint(configuration),
  });
  control.saved();
  await log.update({ activity: null, checkpointStep: progress.step });
}

async function notANumber(run: Run, step: number, what: string): Promise<UserError> {
  const newest = (await listCheckpoints(run.log.paths.checkpoints)).at(-1);
  const kept =
    newest === undefined ? 'no checkpoint was saved before' : `the checkpoint of step ${newest.step} is kept`;
  return new UserError(`${what} is not a number at step ${step}; ${kept}. Lower "training.learningRate".`);
}

function sumOf(batches: readonly PackedBatch[], figure: (batch: PackedBatch) => number): number {
  return batches.reduce((sum, batch) => sum + figure(batch), 0);
}
