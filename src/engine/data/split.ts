import { UserError } from '../../config/userError';
import { summarise, type Dataset } from './dataset';
import { viewExamples } from './examples';
import { permutation } from './random';

export interface Split {
  readonly train: Dataset;
  /** Without examples when none are held out. */
  readonly validation: Dataset;
}

/**
 * Holds out a share (below 1, rounded to whole records) or a count (1 and above) of the records; what one record became
 * stays together, or the windows of a text would be learned on one side and asked for on the other. The same seed holds
 * out the same ones; both sides keep the order of the data and copy nothing of it. Throws a UserError when nothing is
 * left to train on.
 */
export async function splitValidation(dataset: Dataset, validation: number, seed: number): Promise<Split> {
  const { examples } = dataset;
  if (validation >= 1 && !Number.isInteger(validation)) {
    throw new UserError(`"data.validation" is ${validation}; give a share below 1 or a whole number of examples.`);
  }
  const records = await examples.records();
  const groups = countGroups(records);
  const count = validation < 1 ? Math.round(groups * validation) : validation;
  if (count >= groups) {
    throw new UserError(
      `"data.validation" holds out ${count} of ${groups} examples and leaves nothing to train on; lower it.`,
    );
  }
  const heldOut = new Uint8Array(groups);
  for (const group of permutation(groups, seed, 'validation').subarray(0, count)) heldOut[group] = 1;
  const side = (held: number): Dataset => summarise(viewExamples(examples, sideOf(records, heldOut, held)));
  return { train: side(0), validation: side(1) };
}

/** Records that have examples: those of one record follow one another. */
function countGroups(records: Uint32Array): number {
  let groups = 0;
  for (let index = 0; index < records.length; index++) if (startsGroup(records, index)) groups++;
  return groups;
}

function sideOf(records: Uint32Array, heldOut: Uint8Array, held: number): Uint32Array {
  const chosen = new Uint32Array(records.length);
  let length = 0;
  let group = -1;
  for (let index = 0; index < records.length; index++) {
    if (startsGroup(records, index)) group++;
    if (heldOut[group] === held) chosen[length++] = index;
  }
  return chosen.slice(0, length);
}

function startsGroup(records: Uint32Array, index: number): boolean {
  return index === 0 || records[index] !== records[index - 1];
}
