import { dataSources, type DataSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { findChatTemplate } from '../data/chat/chatTemplate';
import { loadDataset, summarise, type Dataset, type LoadedDataset } from '../data/dataset';
import { memoryExamples } from '../data/examples';
import { mergeCounts } from '../data/mergeCounts';
import type { ReadingCounts } from '../data/readingCounts';
import { splitValidation } from '../data/split';
import { Tokenizer } from '../data/tokenizer';
import { modelFolder } from '../hub/resolveModel';
import type { DecoderConfig } from '../models/decoderConfig';

export interface RunData {
  readonly tokenizer: Tokenizer | undefined;
  readonly train: Dataset;
  /** Empty when nothing is held out. */
  readonly validation: Dataset;
  readonly sources: DataSources;
  /** What became of all that was read. */
  readonly reading: ReadingCounts;
}

/** Reads, tokenizes and splits the data of a configuration. Throws UserError naming file and line. */
export async function loadRunData(
  { model, data, training }: Configuration,
  config: DecoderConfig,
  onProgress?: (share: number) => void,
): Promise<RunData> {
  const folder = await modelFolder(model, 'configuration');
  const tokenizer = await Tokenizer.load(folder);
  const template = await findChatTemplate(folder, data.template);
  const sources = await dataSources(data);
  const maxLength = Math.min(data.maxLength, config.maxPositions);
  const load = (files: readonly string[]): Promise<LoadedDataset> =>
    loadDataset({
      files,
      tokenizer,
      vocabularySize: config.vocabularySize,
      maxLength,
      longer: data.longer,
      fields: data.fields,
      template,
      ...(onProgress && { onProgress }),
    });
  const all = await load(sources.train);
  const common = { tokenizer, sources };
  if (typeof data.validation === 'string') {
    const validation = await load(sources.validation);
    return { ...common, train: all, validation, reading: mergeCounts(all.counts, validation.counts) };
  }
  const reading = all.counts;
  if (data.validation === 0) return { ...common, train: all, validation: summarise(memoryExamples([])), reading };
  return { ...common, ...(await splitValidation(all, data.validation, training.seed)), reading };
}
