import { UserError } from '../../config/userError';
import { readAdapter } from '../checkpoint/adapterFolder';
import type { TrainedTensor } from '../checkpoint/adapterState';
import { decoderLinears } from '../models/decoderConfig';
import { EMBEDDING, HEAD, trainableModelTensors } from '../models/trainedParts';
import type { ReadBackExport } from './exportFormat';
import type { ExportSource } from './exportSource';
import { changedModel } from './weightChanges';

/**
 * What was trained in full, as an adapter folder holds it. PEFT puts a trained embedding beside the base's and leaves a
 * head that was tied to it with the old one, so for a tied model the head is saved as well.
 */
export function savedTensors({ adapter, config, weights }: ExportSource): TrainedTensor[] {
  const tensors = [...adapter.trained].map(([name, values]) => ({ name, shape: weights.shape(name), values }));
  const embedding = config.tied ? tensors.find(({ name }) => name === EMBEDDING) : undefined;
  return embedding === undefined ? tensors : [...tensors, { ...embedding, name: HEAD }];
}

/** A written adapter on the model that is open anyway. Throws a UserError when it cannot be read as it was written. */
export async function readBackAdapter(source: ExportSource, folder: string): Promise<ReadBackExport> {
  const { config, weights } = source;
  const trainable = [
    ...trainableModelTensors(config),
    ...(config.tied ? [{ name: HEAD, shape: weights.shape(EMBEDDING) }] : []),
  ];
  const { modules, trained } = await readAdapter(folder, decoderLinears(config), trainable);
  const replaced = new Map(trained);
  if (config.tied) requireTied(replaced, folder);
  return {
    model: { config, weights: changedModel(weights, { added: new Map(), replaced }) },
    adapter: modules,
    close: () => Promise.resolve(),
  };
}

/** Takes the copy away that stands for a tied head; it must be the embedding. */
function requireTied(trained: Map<string, Float32Array>, folder: string): void {
  const [embedding, head] = [trained.get(EMBEDDING), trained.get(HEAD)];
  if (embedding?.length !== head?.length || head?.some((value, i) => value !== embedding?.[i]) === true) {
    throw new UserError(`${folder}: the head that was written is not the embedding, to which the model ties it.`);
  }
  trained.delete(HEAD);
}
