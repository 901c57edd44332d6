import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import { listCheckpoints } from '../run/checkpoints';
import { runPaths } from '../run/runDirectory';
import { withEngine } from './engineProgram';
import { hubIdOf } from './hubIdOf';

export interface GenerateOptions {
  readonly adapter?: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly debug: boolean;
}

const INTERRUPTED = 130;

/** `mora generate`: writes the continuation of a prompt to stdout as it comes; returns the exit code. */
export async function generate(model: string, options: GenerateOptions): Promise<number> {
  const { prompt, maxTokens, temperature, seed, debug } = options;
  const id = hubIdOf(model);
  if (id === undefined) await requireFolder(model, 'a model folder (config.json, *.safetensors, tokenizer.json)');
  const adapter = options.adapter === undefined ? {} : { adapter: await adapterFolder(options.adapter) };
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const params = { model: id ?? resolve(model), ...adapter, prompt, maxTokens, temperature, seed };
  const onText = (text: string): void => void process.stdout.write(text);
  try {
    await withEngine(debug, (engine) => engine.generate(params, onText, interruption.signal));
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return INTERRUPTED;
  }
  process.stdout.write('\n');
  return 0;
}

/** An adapter folder as it is; of a run, its newest checkpoint. */
async function adapterFolder(folder: string): Promise<string> {
  await requireFolder(folder, 'an adapter folder or a run');
  const newest = (await listCheckpoints(runPaths(folder).checkpoints)).at(-1);
  return resolve(newest?.folder ?? folder);
}

async function requireFolder(path: string, what: string): Promise<void> {
  const folder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!folder) throw new UserError(`${path}: there is no such folder; give the path of ${what}.`);
}
