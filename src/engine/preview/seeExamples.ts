import { UserError } from '../../config/userError';
import { askedConfiguration } from '../askedConfiguration';
import { placeIn } from '../data/record';
import { modelFolder } from '../hub/resolveModel';
import { readDecoderConfig } from '../models/family';
import type { ExamplesParams, ExamplesSeen } from '../rpc/examples';
import type { RunData } from '../training/runData';
import { examplePage } from './examplePages';
import { openedData } from './openedData';
import { packedStep } from './packedStep';
import { recordFate, type RecordPlace } from './recordFate';

/** Examples from one record that are shown when it is looked for. */
const EXAMPLES_OF_RECORD = 5;

/** A page of the data of a configuration. Throws a UserError that names file and line, the signal's reason when aborted. */
export async function seeExamples({ look, ...asked }: ExamplesParams, signal: AbortSignal): Promise<ExamplesSeen> {
  const configuration = askedConfiguration(asked);
  const decoder = await readDecoderConfig(await modelFolder(configuration.model, 'configuration'));
  return openedData.use(configuration, decoder, signal, async (data): Promise<ExamplesSeen> => {
    const fate = (place: RecordPlace, most: number): Promise<ExamplesSeen> =>
      recordFate(data, place, { count: EXAMPLES_OF_RECORD, most, signal });
    switch (look.kind) {
      case 'examples': {
        const total = data.train.examples.length;
        const first = Math.max(0, Math.min(look.first, total - 1));
        const examples = await examplePage(data, 'train', { first, count: look.count, most: look.tokens });
        return { kind: 'examples', first, total, examples };
      }
      case 'line':
        return fate({ side: 'train', source: look.file, line: look.line }, look.tokens);
      case 'place':
        return fate(findPlace(data, look.place), look.tokens);
      case 'rows': {
        const { step, first, count, tokens } = look;
        return packedStep(data, configuration, decoder, { step, first, count, most: tokens });
      }
    }
  });
}

/** The record that a report calls so. Throws a UserError when it is of none of the files. */
export function findPlace({ sources }: Pick<RunData, 'sources'>, place: string): RecordPlace {
  const line = Number(/(\d+)$/.exec(place)?.[1] ?? 1);
  for (const side of ['train', 'validation'] as const) {
    for (const [source, file] of sources[side].entries()) {
      // A text file is one record, and its name may end in a number.
      for (const each of [line, 1]) if (placeIn(file, each) === place) return { side, source, line: each };
    }
  }
  throw new UserError(`${place}: is in none of the data files of this configuration; plan it again.`);
}
