import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { flushFolder } from '../../run/atomicWrite';
import type { DecoderConfig } from '../models/decoderConfig';
import { randomTensors } from '../models/randomWeights';
import { fileExists, readJsonObject } from '../weights/jsonFile';
import { copyModelFiles } from '../weights/modelFiles';
import { streamSafetensors } from '../weights/safetensorsStream';

/** What transformers takes where config.json is silent. */
const DEFAULT_DEVIATION = 0.02;

const initialKeys = z.object({ initializer_range: z.number().positive().max(10).default(DEFAULT_DEVIATION) });

export interface RandomBaseOptions {
  /** Folder with config.json and tokenizer. */
  readonly source: string;
  /** Where the model folder is made. */
  readonly folder: string;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes a model of random weights as a model folder of its own, unless it is there already: an adapter means nothing
 * without the weights that it was trained on, so whatever loads, merges or exports it must find them.
 */
export async function writeRandomBase(config: DecoderConfig, options: RandomBaseOptions): Promise<void> {
  const { source, folder, seed, onProgress } = options;
  // The folder gets its name when it is whole.
  if (await fileExists(folder)) return;
  const { initializer_range: deviation } = initialKeys.parse(await readJsonObject(join(source, 'config.json')));
  const unfinished = `${folder}.partial`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await copyModelFiles(source, unfinished);
  const tensors = randomTensors(config, deviation, seed);
  let done = 0;
  const streamed = tensors.map(({ name, shape, values }) => ({
    name,
    dtype: 'F32' as const,
    shape,

    pieces: async function* () {
      const data = values();
      yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      onProgress?.(++done, tensors.length);
    },
  }));
  await streamSafetensors(join(unfinished, 'model.safetensors'), streamed, { format: 'pt' });
  await flushFolder(unfinished);
  await rename(unfinished, folder);
}
