import type { TrainingConfiguration } from '../../config/schema';
import type { TrainerState } from '../checkpoint/trainerState';

/** What evaluations have shown so far, as it is saved with every checkpoint. */
export type EvaluationHistory = Pick<TrainerState, 'best' | 'patience'>;

/**
 * The history after one more evaluation. The best is the lowest loss, to the last bit; early stopping counts the
 * evaluations since the loss last fell by more than `minimumGain`. A loss that is not a number is no gain.
 */
export function afterEvaluation(
  { best, patience }: EvaluationHistory,
  { step, loss }: { readonly step: number; readonly loss: number },
  { keepBest, earlyStopping }: Pick<TrainingConfiguration, 'keepBest' | 'earlyStopping'>,
): EvaluationHistory {
  const isBest = keepBest && Number.isFinite(loss) && (best === null || loss < best.loss);
  const gain = earlyStopping?.minimumGain ?? 0;
  const counts = Number.isFinite(loss) && (patience.lowest === null || loss < patience.lowest - gain);
  return {
    best: isBest ? { step, loss } : best,
    patience: counts ? { lowest: loss, waited: 0 } : { ...patience, waited: patience.waited + 1 },
  };
}

/** Whether the loss has not fallen for as many evaluations as the configuration waits for. */
export function patienceIsOver(
  { patience }: Pick<EvaluationHistory, 'patience'>,
  { earlyStopping }: Pick<TrainingConfiguration, 'earlyStopping'>,
): boolean {
  return earlyStopping !== null && patience.waited >= earlyStopping.patience;
}
