import { dataFiles } from './dataFiles';
import type { Configuration } from './schema';
import { UserError } from './userError';

/** The files, folders and patterns of `data.train` as a list. */
export function trainSources({ train }: Pick<Configuration['data'], 'train'>): readonly string[] {
  return typeof train === 'string' ? [train] : train;
}

/** The data files of a configuration. */
export interface DataSources {
  readonly train: readonly string[];
  /** Empty when validation is held out of the training data, or there is none. */
  readonly validation: readonly string[];
  /** How many files of "data.train" are left out because "data.validation" names them. */
  readonly heldOutFiles: number;
}

/** The files that the examples of a side are of: those held out of the training data are of its files. */
export function filesOf({ train, validation }: DataSources, side: 'train' | 'validation'): readonly string[] {
  return side === 'validation' && validation.length > 0 ? validation : train;
}

/**
 * The files that the absolute paths of `data` stand for. A file that is named for validation is not trained on, so a
 * folder may hold both. Throws a UserError when a source stands for nothing, or nothing is left to train on.
 */
export async function dataSources(data: Pick<Configuration['data'], 'train' | 'validation'>): Promise<DataSources> {
  const named = await dataFiles(trainSources(data), 'data.train');
  const validation = typeof data.validation === 'string' ? await dataFiles([data.validation], 'data.validation') : [];
  const held = new Set(validation);
  const train = named.filter((file) => !held.has(file));
  if (train.length === 0) {
    throw new UserError(
      '"data.validation" names every file of "data.train" and leaves nothing to train on; name other files, or give a share such as 0.05.',
    );
  }
  return { train, validation, heldOutFiles: named.length - train.length };
}
