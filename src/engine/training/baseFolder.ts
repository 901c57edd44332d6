import { savedBase } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import type { DecoderConfig } from '../models/decoderConfig';
import { writeRandomBase } from './randomBase';

/**
 * The folder of the frozen weights: the model's own, or for a model that starts from its config the one that the run
 * writes for itself when it begins.
 */
export async function baseFolder(
  { model, training }: Configuration,
  decoder: DecoderConfig,
  source: string,
  runBase: string,
  note: (activity: string) => void,
): Promise<string> {
  if (savedBase(model, runBase) === undefined) return source;
  await writeRandomBase(decoder, {
    source,
    folder: runBase,
    seed: training.seed,
    onProgress: (done, total) => note(`writing random weights, tensor ${done} of ${total}`),
  });
  return runBase;
}
