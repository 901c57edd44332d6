import { readAdapter } from '../checkpoint/adapterFolder';
import type { TrainedTensor } from '../checkpoint/adapterState';
import { decoderLinears, EMBEDDING, HEAD } from '../models/decoderConfig';
import { trainableModelTensors } from '../models/trainedParts';
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
  const { modules, trained } = await readAdapter(folder, decoderLinears(config), trainableModelTensors(config));
  return {
    model: { config, weights: changedModel(weights, { added: new Map(), replaced: trained }) },
    adapter: modules,
    close: () => Promise.resolve(),
  };
}
