import { trainSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { UserError } from '../../config/userError';
import type { TrainerState } from '../checkpoint/trainerState';
import type { RunData } from './runData';

/**
 * Throws a UserError when the training data is not what a run began with: its order would name other examples, and the
 * run would be neither the one nor the other. A checkpoint that knows no key is compared by the number of examples.
 */
export function requireSameData(
  began: Pick<TrainerState, 'trainExamples' | 'data'>,
  { train, key }: Pick<RunData, 'train' | 'key'>,
  { data }: Pick<Configuration, 'data'>,
): void {
  const place = trainSources(data).join(', ');
  if (began.trainExamples !== train.examples.length) {
    throw new UserError(
      `${place}: has ${train.examples.length} training examples, but the run began with ${began.trainExamples}; restore the file or start a new run.`,
    );
  }
  if (began.data !== undefined && began.data !== key) {
    throw new UserError(
      `${place}: is not what the run began with: the data, the tokenizer or what makes tokens of it has changed; restore it or start a new run.`,
    );
  }
}
