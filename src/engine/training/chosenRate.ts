import { chosenLearningRate, type ChosenLearningRate } from '../../config/learningRate';
import type { Configuration } from '../../config/schema';

/** The peak learning rate of a run, with the reason where it was chosen for the user. */
export function chosenRate({ adapter, model, training }: Configuration): ChosenLearningRate {
  return chosenLearningRate(training, adapter, typeof model !== 'string');
}

/** "learning rate 3.0e-4 (auto: …)" */
export function describeRate({ rate, reason }: ChosenLearningRate): string {
  return `learning rate ${rate}${reason === undefined ? '' : ` (auto: ${reason})`}`;
}
