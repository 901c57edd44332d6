import { UserError } from '../../config/userError';
import { summarise, type Dataset } from './dataset';
import { permutation } from './random';

export interface Split {
  readonly train: Dataset;
  /** Without examples when none are held out. */
  readonly validation: Dataset;
}

/**
 * Holds out a share (below 1, rounded to whole examples) or a count (1 and above) of the examples. The same seed holds
 * out the same ones; both sides keep the order of the file. Throws a UserError when nothing is left to train on.
 */
export function splitValidation(dataset: Dataset, validation: number, seed: number): Split {
  const { examples } = dataset;
  if (validation >= 1 && !Number.isInteger(validation)) {
    throw new UserError(`"data.validation" is ${validation}; give a share below 1 or a whole number of examples.`);
  }
  const count = validation < 1 ? Math.round(examples.length * validation) : validation;
  if (count >= examples.length) {
    throw new UserError(
      `"data.validation" holds out ${count} of ${examples.length} examples and leaves nothing to train on; lower it.`,
    );
  }
  const heldOut = new Set(permutation(examples.length, seed, 'validation').subarray(0, count));
  return {
    train: summarise(examples.filter((_, index) => !heldOut.has(index))),
    validation: summarise(examples.filter((_, index) => heldOut.has(index))),
  };
}
