import { dataSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { findChatTemplate } from '../data/chat/chatTemplate';
import { loadDataset, summarise, type Dataset } from '../data/dataset';
import { memoryExamples } from '../data/examples';
import { splitValidation } from '../data/split';
import { Tokenizer } from '../data/tokenizer';
import { modelFolder } from '../hub/resolveModel';
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
  const folder = await modelFolder(model, 'configuration');
  const tokenizer = await Tokenizer.load(folder);
  const template = await findChatTemplate(folder, data.template);
  const sources = await dataSources(data);
  const maxLength = Math.min(data.maxLength, config.maxPositions);
  const load = (files: readonly string[]): Promise<Dataset> =>
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
  if (typeof data.validation === 'string') return { tokenizer, train: all, validation: await load(sources.validation) };
  if (data.validation === 0) return { tokenizer, train: all, validation: summarise(memoryExamples([])) };
  return { tokenizer, ...(await splitValidation(all, data.validation, training.seed)) };
}
