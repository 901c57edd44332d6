import { trainSources } from '../../config/dataSources';
import { modelFolderOf } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { loadDataset, summarise, type Dataset } from '../data/dataset';
import { memoryExamples } from '../data/examples';
import { splitValidation } from '../data/split';
import { Tokenizer } from '../data/tokenizer';
import type { DecoderConfig } from '../models/decoderConfig';

export interface RunData {
  readonly tokenizer: Tokenizer | undefined;
  readonly train: Dataset;
  /** Empty when nothing is held out. */
  readonly validation: Dataset;
}

/** Reads, tokenizes and splits the data of a configuration. Throws UserError naming file and line. */
export async function loadRunData(
  { model, data, training }: Configuration,
  config: DecoderConfig,
  onProgress?: (share: number) => void,
): Promise<RunData> {
  const tokenizer = await Tokenizer.load(modelFolderOf(model));
  const maxLength = Math.min(data.maxLength, config.maxPositions);
  const load = (...files: string[]): Promise<Dataset> =>
    loadDataset({
      files,
      tokenizer,
      vocabularySize: config.vocabularySize,
      maxLength,
      ...(onProgress && { onProgress }),
    });
  const all = await load(...trainSources(data));
  if (typeof data.validation === 'string') return { tokenizer, train: all, validation: await load(data.validation) };
  if (data.validation === 0) return { tokenizer, train: all, validation: summarise(memoryExamples([])) };
  return { tokenizer, ...(await splitValidation(all, data.validation, training.seed)) };
}
