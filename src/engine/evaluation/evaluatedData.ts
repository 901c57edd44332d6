import type { Configuration } from '../../config/schema';
import { summarise, type Dataset } from '../data/dataset';
import { viewExamples } from '../data/examples';
import { DROP_REASONS } from '../../run/dataReport';
import { droppedCount, type ReadingCounts } from '../data/readingCounts';
import { DROPPED } from '../data/requireExamples';
import type { DecoderConfig } from '../models/decoderConfig';
import { loadRunData, type RunDataOptions } from '../training/runData';
import { dataProblems, problemSentence } from '../training/dataProblems';

/** The examples that an evaluation is on. */
export interface EvaluatedData extends Dataset {
  readonly files: readonly string[];
  /** Examples that there are, of which a limit may have taken the first. */
  readonly available: number;
  /** What is unwise about the data, and what of it is left out. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * The validation examples of a configuration, the very ones that its training would evaluate on; without any those of
 * `data.train`. Throws a UserError naming file and line.
 */
export async function evaluatedData(
  configuration: Configuration,
  decoder: DecoderConfig,
  limit: number | null,
  options: RunDataOptions,
): Promise<EvaluatedData> {
  const { validation } = configuration.data;
  // Of a validation file the training data need not be read.
  const data =
    typeof validation === 'string' ? { ...configuration.data, train: validation, validation: 0 } : configuration.data;
  const loaded = await loadRunData({ ...configuration, data }, decoder, options);
  const { validation: held, train, reading, sources, tokenizer, unknownMarks } = loaded;
  const addsStart = (tokenizer?.prefix.length ?? 0) > 0;
  const problems = dataProblems(reading, { heldOutFiles: 0, addsStart, unknownMarks });
  const all = held.examples.length > 0 ? held : train;
  const available = all.examples.length;
  const chosen =
    limit === null || limit >= available
      ? all
      : summarise(
          viewExamples(
            all.examples,
            Uint32Array.from({ length: limit }, (_, index) => index),
          ),
        );
  return {
    ...chosen,
    files: sources.train,
    available,
    warnings: [...problems.map(problemSentence), ...leftOut(reading)],
    close: () => loaded.close(),
  };
}

/** "3 examples are left out, …" for each reason. */
function leftOut(reading: ReadingCounts): string[] {
  if (droppedCount(reading) === 0) return [];
  return DROP_REASONS.flatMap((reason) => {
    const { count, first } = reading.dropped[reason];
    if (count === 0) return [];
    const examples = count === 1 ? '1 example is' : `${count} examples are`;
    return [`${examples} left out, ${DROPPED[reason].why} (first at ${first ?? 'an unknown place'}).`];
  });
}
