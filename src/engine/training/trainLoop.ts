import { UserError } from '../../config/userError';
import { listCheckpoints } from '../../run/checkpoints';
import { finiteOrNull } from '../../run/metrics';
import type { PackedBatch } from '../data/packing';
import type { TrainingControl } from '../runControl';
import { afterEvaluation, patienceIsOver } from './bestLoss';
import { evaluate } from './evaluate';
import { mergeAdapters } from './mergeAdapters';
import { microBatches } from './microBatches';
import { chosenRate } from './chosenRate';
import { makeSamples, offerSamples } from './samples/makeSamples';
import { isSampleDue } from './samples/sampleDue';
import { disposeReplicas } from './replicas';
import { saveRun } from './saveRun';
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
  const peak = chosenRate(configuration).rate;
  const proceed = (): boolean => !control.stopRequested;
  const isBest = (): boolean => progress.step > 0 && progress.evaluations.best?.step === progress.step;
  const isOver = (): boolean => progress.step >= run.totalSteps || patienceIsOver(progress.evaluations, training);

  // A run that goes on from an earlier checkpoint has no later one any more.
  const checkpointStep = progress.step > 0 ? progress.step : null;
  await log.update({ state: 'running', activity: null, step: progress.step, checkpointStep, ...bestOf(run) });
  // At step 0 it tells where the curve begins; with nothing trained that loss is no candidate for the best.
  if (evaluates && (progress.step === 0 || progress.evaluationPending)) {
    await runEvaluation(run, control);
    if (isBest()) await save(run, control);
  }
  const sampleIsDue = (): boolean => isSampleDue(training, progress.step, { evaluates, isLast: isOver() });
  await offerSamples(run, control);
  // A run that goes on from a checkpoint may have ended before it wrote those of that step.
  if (sampleIsDue() && !(await run.sampler.has(progress.step))) await makeSamples(run, control);
  progress.stopwatch.start();
  while (!isOver() && !control.stopRequested) {
    await mergeIfDue(run);
    const step = progress.step + 1;
    const began = performance.now();
    const batches = microBatches(await stepExamples.of(progress.step), layout);
    const rate = learningRate(progress.step, run.totalSteps, { ...training, learningRate: peak });
    const result = await trainStep(trainer, batches, step, rate, proceed);
    if (result === undefined) break;
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

    if (evaluates && (step === run.totalSteps || step % training.evaluateEvery === 0)) {
      progress.evaluationPending = true;
      await runEvaluation(run, control);
    }
    if (sampleIsDue() || control.sampleRequested) await makeSamples(run, control);
    const last = isOver() || control.stopRequested;
    if (last && !isOver()) await log.update({ state: 'stopping' });
    const due = training.saveEvery > 0 && step % training.saveEvery === 0;
    if (last || due || isBest() || control.saveRequested) await save(run, control);
    await control.waitWhilePaused(
      async () => {
        progress.stopwatch.stop();
        await log.update({ state: 'paused', secondsLeft: null });
      },
      async () => {
        if (control.sampleRequested) await makeSamples(run, control);
        if (control.saveRequested) await saveAgain(run, control);
        await log.update({});
      },
    );
    if (!progress.stopwatch.running) {
      progress.stopwatch.start();
      await log.update({ state: 'running' });
    }
  }
  // Asked to stop within a step, between a save and the next step, or before the first step of a resumed run.
  if (control.stopRequested && log.status.checkpointStep !== progress.step && progress.step > 0) {
    await log.update({ state: 'stopping' });
    await save(run, control);
  }
  await log.update({
    state: isOver() ? 'finished' : 'stopped',
    activity: null,
    secondsLeft: null,
    stoppedEarly: progress.step < run.totalSteps && patienceIsOver(progress.evaluations, training),
  });
}

/**
 * ReMoRA: before the step that follows on every `mergeEvery` steps. Not after them: so the last adapter of a run is never
 * an empty one, and a run that is prolonged goes on as if it had been planned so long.
 */
async function mergeIfDue(run: Run): Promise<void> {
  const { configuration, log, merging, progress, trainer } = run;
  const { remora } = configuration.training;
  if (remora === null || progress.step === 0 || progress.step % remora.mergeEvery !== 0) return;
  if (progress.mergeSteps.at(-1) === progress.step) return;
  await log.progress({ activity: 'merging' });
  progress.mergeSteps.push(progress.step);
  const { replicas, optimizer } = trainer;
  const merged = await mergeAdapters({ ...merging, remora }, replicas[0].adapters, progress.mergeSteps.length);
  // What is trained in full beside the adapters goes on as it was.
  optimizer.reset(merged.moduleParameters, progress.step);
  trainer.replicas = run.replicasWith(merged);
  await disposeReplicas(replicas);
  await log.note(
    `step ${progress.step}: merge ${progress.mergeSteps.length}, ΔW is in the base and a new adapter begins`,
  );
  await log.progress({ activity: null });
}

async function runEvaluation(run: Run, control: TrainingControl): Promise<void> {
  const { configuration, data, layout, log, progress, trainer } = run;
  await log.progress({ activity: 'evaluating' });
  const batches = validationBatches(data.validation.examples, layout);
  const found = await evaluate(trainer.replicas, batches, () => !control.stopRequested);
  if (found !== undefined) {
    const loss = finiteOrNull(found.loss);
    await log.metric({ kind: 'evaluation', step: progress.step, loss, accuracy: finiteOrNull(found.accuracy) });
    await log.progress({ validationLoss: loss });
    progress.evaluationPending = false;
    if (progress.step > 0) {
      const measured = { step: progress.step, loss: found.loss };
      progress.evaluations = afterEvaluation(progress.evaluations, measured, configuration.training);
    }
  }
  await log.progress({ activity: null });
}

async function save(run: Run, control: TrainingControl): Promise<void> {
  const { log, progress, trainer } = run;
  await log.progress({ activity: 'saving' });
  // A checkpoint is always one that training can go on from.
  if (!trainer.replicas[0].adapters.parameters.every(({ values }) => values.every(Number.isFinite))) {
    throw await notANumber(run, progress.step, 'A parameter');
  }
  await saveRun(run, control.stopRequested ? 'checkpoint first' : 'spectra first');
  control.saved();
  await log.update({ activity: null, checkpointStep: progress.step, ...bestOf(run) });
}

/** While nothing changes: a checkpoint of this step may be there already. */
async function saveAgain(run: Run, control: TrainingControl): Promise<void> {
  if (run.log.status.checkpointStep === run.progress.step) control.saved();
  else await save(run, control);
}

function bestOf({ progress }: Run): { bestStep: number | null; bestLoss: number | null } {
  const { best } = progress.evaluations;
  return { bestStep: best?.step ?? null, bestLoss: best?.loss ?? null };
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
