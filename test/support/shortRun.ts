import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareRun } from '../../src/engine/rpc/prepareRun';

/** The embedded model. */
export const MODEL = join(import.meta.dirname, '../../media/model/tiny-llama-3m');

export const PROGRAM = { node: process.execPath, engine: 'the device is named, so nothing asks it' };

/** What a short run's configuration has otherwise. */
export interface Change {
  readonly model?: string;
  readonly training?: object;
  readonly adapter?: object;
  readonly compute?: object;
}

/** A new folder with a few words to learn in train.jsonl. */
export async function wordsFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  const words = ['cat', 'bat', 'hat', 'matrix', 'rank', 'tensor', 'adapter', 'layer', 'token', 'loss'];
  const lines = words.map((word) => JSON.stringify({ prompt: `Pronounce: ${word}\n`, completion: `${word} ${word}` }));
  await writeFile(join(folder, 'train.jsonl'), `${lines.join('\n')}\n`);
  return folder;
}

/** Makes the directory of a run of six steps over these words, and returns it. */
export async function prepareShortRun(
  folder: string,
  name: string,
  { model = MODEL, training, adapter, compute }: Change,
): Promise<string> {
  const configuration = {
    model,
    data: { train: 'train.jsonl', validation: 2, maxLength: 64 },
    adapter: { rank: 4, ...adapter },
    training: { steps: 6, batchSize: 4, learningRate: 0.02, evaluateEvery: 3, saveEvery: 3, ...training },
    compute: { device: 'cpu', threads: 2, ...compute },
  };
  const configurationFile = join(folder, 'a.mora.json');
  const text = JSON.stringify(configuration);
  return (await prepareRun({ configurationFile, text, root: join(folder, name) })).root;
}
