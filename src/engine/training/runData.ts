import { dataSources, type DataSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { findChatTemplate } from '../data/chat/chatTemplate';
import { unknownMarks, type UnknownMarks } from '../data/chat/unknownMarks';
import { loadDataset, summarise, type Dataset, type LoadedDataset } from '../data/dataset';
import { memoryExamples } from '../data/examples';
import { mergeCounts } from '../data/mergeCounts';
import type { ReadingCounts } from '../data/readingCounts';
import type { ExampleStreamOptions } from '../data/exampleStream';
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
  /** How records become examples. */
  readonly rules: Omit<ExampleStreamOptions, 'files' | 'signal'>;
  /** Marks that the chat template writes and the tokenizer does not know. */
  readonly unknownMarks: UnknownMarks | undefined;
  /** Names all that the examples of `data.train` depend on. */
  readonly key: string;
  /** Frees the files that the examples are read from. */
  close(): Promise<void>;
}

export interface RunDataOptions {
  readonly signal?: AbortSignal;
  /** Takes what is being done, for a progress line. */
  readonly onActivity?: (activity: string) => void;
  /** Takes a sentence about what was not as it should be, and was mended. */
  readonly onNote?: (note: string) => void;
}

/** Reads, tokenizes and splits the data of a configuration. Throws UserError naming file and line. */
export async function loadRunData(
  { model, data, training }: Configuration,
  config: DecoderConfig,
  { signal, onActivity, onNote }: RunDataOptions = {},
): Promise<RunData> {
  const folder = await modelFolder(model, 'configuration');
  const tokenizer = await Tokenizer.load(folder);
  const template = await findChatTemplate(folder, data.template);
  const sources = await dataSources(data);
  const rules = {
    tokenizer,
    vocabularySize: config.vocabularySize,
    maxLength: Math.min(data.maxLength, config.maxPositions),
    longer: data.longer,
    fields: data.fields,
    template,
  };
  const opened: LoadedDataset[] = [];
  const close = async (): Promise<void> => {
    for (const dataset of opened) await dataset.close();
  };
  const percent = (share: number): string => `${Math.floor(100 * share)} %`;
  const load = async (files: readonly string[]): Promise<LoadedDataset> => {
    const dataset = await loadDataset(
      { ...rules, files, ...(signal && { signal }) },
      {
        onComparing: (share) => onActivity?.(`looking for the data among what is tokenized, ${percent(share)}`),
        onProgress: (share) => onActivity?.(`tokenizing the data, ${percent(share)}`),
        ...(onNote && { onNote }),
      },
    );
    opened.push(dataset);
    return dataset;
  };
  try {
    const all = await load(sources.train);
    const marks = template && tokenizer && unknownMarks(template, tokenizer);
    const common = { tokenizer, sources, rules, unknownMarks: marks, key: all.key, close };
    const reading = all.counts;
    if (typeof data.validation === 'string') {
      const validation = await load(sources.validation);
      return { ...common, train: all, validation, reading: mergeCounts(all.counts, validation.counts) };
    }
    if (data.validation === 0) {
      return { ...common, train: all, validation: summarise(memoryExamples([])), reading };
    }
    return { ...common, ...(await splitValidation(all, data.validation, training.seed)), reading };
  } catch (error) {
    await close();
    throw error;
  }
}
