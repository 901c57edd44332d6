import { UserError } from '../../../config/userError';
import type { TrainingControl } from '../../runControl';
import type { Run } from '../startRun';

/**
 * Lets the model of a run write, as it is now. Nothing of the training changes. A run that is asked to end meanwhile
 * leaves it; of a model that cannot write the log says why.
 */
export async function makeSamples({ log, progress, sampler, trainer }: Run, control: TrainingControl): Promise<void> {
  await log.progress({ activity: 'writing samples' });
  try {
    // What was merged is in the weights for good: the base is no longer there to be asked.
    const isBaseWhole = progress.mergeSteps.length === 0;
    await sampler.sample(progress.step, trainer.replicas[0].adapters, isBaseWhole, control.stopSignal);
  } catch (error) {
    if (error instanceof UserError) await log.note(`step ${progress.step}: no samples: ${error.message}`);
    else if (error !== control.stopSignal.reason) throw error;
  }
  control.sampled();
  await log.progress({ activity: null });
}

/** Says from now on whether samples can be asked for. */
export async function offerSamples({ sampler }: Run, control: TrainingControl): Promise<void> {
  try {
    await sampler.requirePrompts();
    control.takeSamples();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    control.takeSamples(error);
  }
}
