import type { Configuration } from './schema';

/** The files, folders and patterns of `data.train` as a list. */
export function trainSources({ train }: Pick<Configuration['data'], 'train'>): readonly string[] {
  return typeof train === 'string' ? [train] : train;
}
