import type { TrainingConfiguration } from '../../../config/schema';

/**
 * Whether a run makes samples at a step: every so many steps as "samples" says, else where it evaluates, else where it
 * saves; and where it begins and ends, so that there is always something to compare.
 */
export function isSampleDue(
  { samples, evaluateEvery, saveEvery }: Pick<TrainingConfiguration, 'samples' | 'evaluateEvery' | 'saveEvery'>,
  step: number,
  { evaluates, isLast }: { readonly evaluates: boolean; readonly isLast: boolean },
): boolean {
  if (samples === null) return false;
  const every = samples.every ?? (evaluates ? evaluateEvery : saveEvery);
  return isLast || step === 0 || (every > 0 && step % every === 0);
}
