import { requireConfiguration } from '../src/config/parse';
import { AdapterSet, moduleAdapter } from '../src/engine/adapters/adapterSet';
import type { BaseFormat } from '../src/engine/adapters/frozenWeight';
import { initialise } from '../src/engine/adapters/initialise';
import { structureFor } from '../src/engine/adapters/structureFor';
import type { Example } from '../src/engine/data/example';
import { decoderLinears } from '../src/engine/models/decoderConfig';
import { DecoderPass } from '../src/engine/models/decoderPass';
import { readDecoderConfig } from '../src/engine/models/family';
import { loadModel } from '../src/engine/models/loadedModel';
import type { Runtime } from '../src/engine/runtime/runtime';
import { AdamW } from '../src/engine/training/adamW';
import { LossHead } from '../src/engine/training/head/lossHead';
import { disposeReplicas, withOwnGradients, type Replica } from '../src/engine/training/replicas';
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
  runtimes: readonly [Runtime, ...Runtime[]],
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
  const replicas = runtimes.map((where, index): Replica => {
    const own = index === 0 ? adapters : withOwnGradients(adapters);
    return { adapters: own, pass: new DecoderPass(where, model, own), head: new LossHead(where, model, own) };
  });
  return {
    adapters,
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
