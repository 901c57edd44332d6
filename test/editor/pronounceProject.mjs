// @ts-check
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mora } from './cli.mjs';
import { repository } from './output.mjs';

/**
 * Fills a folder with a fine-tune of words and their sounds: the embedded model as `base`, the examples, and
 * pronounce.mora.json over them, by relative paths. Trains it, and copies its two checkpoints.
 *
 * @param {string} folder
 * @param {object} where
 * @param {string} where.run the run directory
 * @param {string} where.adapters folder for copies of the checkpoints, `earlier` and `later`
 * @param {object} [where.training] what is to be otherwise in "training"
 * @returns the configuration
 */
export async function trainPronouncing(folder, { run, adapters, training = {} }) {
  await cp(path.join(repository, 'media/model/tiny-llama-3m'), path.join(folder, 'base'), { recursive: true });
  // Beside the configuration: a long path to elsewhere would be wider than its field in the form.
  await cp(path.join(repository, 'examples/data/pronounce.train.jsonl'), path.join(folder, 'pronounce.jsonl'));
  const configuration = {
    model: './base',
    data: { train: './pronounce.jsonl', maxLength: 64 },
    adapter: { method: 'mora', mode: 'rotation', rank: 8 },
    training: { steps: 4, batchSize: 4, learningRate: 1e-2, saveEvery: 2, ...training },
  };
  const file = path.join(folder, 'pronounce.mora.json');
  await writeFile(file, JSON.stringify(configuration));
  mora('train', file, '--run-dir', run);
  for (const [step, to] of Object.entries({ 'step-0000002': 'earlier', 'step-0000004': 'later' }))
    await cp(path.join(run, 'checkpoints', step), path.join(adapters, to), { recursive: true });
  return configuration;
}
