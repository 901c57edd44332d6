import { resumeFingerprint } from './resumeFingerprint';
import { saveRunCheckpoint } from './runCheckpoint';
import { spectrumLines } from './spectrumLines';
import type { Run } from './startRun';

/**
 * Saves a checkpoint of where the run stands, and the spectra of every ΔW. Spectra come first, so that whoever sees the
 * checkpoint finds them; a kill between the two is mended when the run resumes. A run that was asked to end may be killed
 * soon: its checkpoint comes first.
 */
export async function saveRun(run: Run, order: 'spectra first' | 'checkpoint first'): Promise<void> {
  if (order === 'spectra first') await writeSpectra(run);
  await writeCheckpoint(run);
  if (order === 'checkpoint first') await writeSpectra(run);
}

async function writeCheckpoint({ configuration, data, decoder, log, merging, progress, trainer, totalSteps }: Run) {
  const { replicas, optimizer } = trainer;
  const { adapters } = replicas[0];
  await saveRunCheckpoint(log.paths.checkpoints, configuration, decoder.layers, {
    adapters,
    optimizer,
    merges: merging.merges,
    state: {
      step: progress.step,
      totalSteps,
      seed: configuration.training.seed,
      trainExamples: data.train.examples.length,
      data: data.key,
      tokens: progress.tokens,
      seconds: progress.stopwatch.seconds,
      configuration: resumeFingerprint(configuration),
      mergeSteps: progress.mergeSteps,
      evaluationPending: progress.evaluationPending,
      ...progress.evaluations,
    },
  });
}

async function writeSpectra({ log, merging, progress, trainer }: Run): Promise<void> {
  const skipped: string[] = [];
  const lines = spectrumLines(trainer.replicas[0].adapters, merging.merges, progress.step, (sentence) =>
    skipped.push(sentence),
  );
  for await (const line of lines) await log.spectra([line]);
  for (const sentence of skipped) await log.note(`step ${progress.step}: ${sentence}`);
}
