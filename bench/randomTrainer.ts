import { requireConfiguration } from '../src/config/parse';
import { AdapterSet, moduleAdapter } from '../src/engine/adapters/adapterSet';
import type { BaseFormat } from '../src/engine/adapters/frozenWeight';
import { initialise } from '../src/engine/adapters/initialise';
import { structureFor } from '../src/engine/adapters/structureFor';
import type { Example } from '../src/engine/data/example';
import { decoderLinears } from '../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../src/engine/models/family';
import { loadModel } from '../src/engine/models/loadedModel';
import type { Runtimes } from '../src/engine/training/openRuntimes';
import { AdamW } from '../src/engine/training/adamW';
import { disposeReplicas, makeReplicas } from '../src/engine/training/replicas';
import type { Trainer } from '../src/engine/training/trainStep';
import { openModelFolder } from '../src/engine/weights/modelFolder';

export interface RandomTrainerOptions {
  readonly model: string;
  readonly base: BaseFormat;
  readonly adapter: object;
  readonly length: number;
  /** Layers that run, the first ones; all unless given. */
  readonly layers?: number;
}

export interface RandomTrainer extends Trainer {
  /** Random tokens, all supervised. */
  readonly examples: (count: number) => Example[];
  /** Frees the replicas and closes the model. */
  readonly close: () => Promise<void>;
}

/**
 * What a step of training runs, over a model from disk, with adapters of random values: a replica for each runtime. Its
 * owner closes it.
 */
export async function openRandomTrainer(
  runtimes: Runtimes['all'],
  { model: folder, base, adapter: chosen, length, layers }: RandomTrainerOptions,
): Promise<RandomTrainer> {
  const [runtime] = runtimes;
  const whole = await readDecoderConfig(folder);
  const count = layers ?? whole.layers;
  const config = { ...whole, layers: count, layerKinds: whole.layerKinds.slice(0, count) };
  const { adapter, training } = requireConfiguration(
    JSON.stringify({ model: folder, data: { train: '-' }, adapter: chosen }),
    folder,
  );
  const weights = await openModelFolder(folder);
  const model = await loadModel(weights, config, runtime, { context: length, base });
  const modules = decoderLinears(config).map((linear) => {
    const structure = structureFor(adapter, linear);
    return moduleAdapter(linear, structure, initialise(structure, Math.random), runtime);
  });
  const adapters = new AdapterSet(modules);
  const example = (record: number): Example => {
    const tokens = Int32Array.from({ length }, () => Math.floor(Math.random() * config.vocabularySize));
    return { tokens, labels: tokens, source: 0, line: record + 1, record, truncated: false };
  };
  const replicas = makeReplicas(runtimes, model, adapters);
  return {
    replicas,
    optimizer: new AdamW(adapters.parameters, training),
    clipNorm: training.clipNorm,
    examples: (rows) => Array.from({ length: rows }, (_, record) => example(record)),
    close: async () => {
      await disposeReplicas(replicas);
      await weights.close();
    },
  };
}
