import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import { listCheckpoints } from '../run/checkpoints';
import { runPaths } from '../run/runDirectory';
import { readStatus } from '../run/status';

/** The adapter that a command uses. */
export interface AdapterSource {
  /** Absolute. */
  readonly folder: string;
  /** "step 1500" of a run; undefined for an adapter folder. */
  readonly step: number | undefined;
  /** Chat template with which the run was trained instead of the model's own. */
  readonly template: string | undefined;
}

/** An adapter folder as it is; of a run its newest checkpoint, or with `best` the one of the lowest validation loss. */
export async function adapterSource(path: string, best: boolean): Promise<AdapterSource> {
  await requireFolder(path, 'an adapter folder or a run');
  const paths = runPaths(resolve(path));
  const checkpoints = await listCheckpoints(paths.checkpoints);
  const newest = checkpoints.at(-1);
  if (newest === undefined) {
    if ((await readStatus(paths.status)) !== undefined) {
      throw new UserError(`${path}: the run has no checkpoint yet; save one or wait for it.`);
    }
    if (best) throw new UserError(`${path}: --best needs a run with checkpoints; leave it out for an adapter folder.`);
    return { folder: resolve(path), step: undefined, template: undefined };
  }
  const step = best ? await bestStep(path) : newest.step;
  const chosen = checkpoints.find((checkpoint) => checkpoint.step === step);
  if (chosen === undefined) {
    throw new UserError(`${path}: the checkpoint of step ${step}, its best, is gone; leave out --best.`);
  }
  return { ...chosen, template: await templateOf(paths.config) };
}

async function bestStep(run: string): Promise<number> {
  const step = (await readStatus(runPaths(run).status))?.bestStep;
  if (step !== null && step !== undefined) return step;
  throw new UserError(`${run}: its status.json names no best checkpoint; leave out --best for the newest.`);
}

/** "data.template" of a run's configuration, which has absolute paths. */
async function templateOf(file: string): Promise<string | undefined> {
  try {
    const configuration: unknown = JSON.parse(await readFile(file, 'utf8'));
    const data = entry(configuration, 'data');
    const template = entry(data, 'template');
    return typeof template === 'string' ? template : undefined;
  } catch {
    // A run that was copied without its configuration is still a run.
    return undefined;
  }
}

function entry(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

export async function requireFolder(path: string, what: string): Promise<void> {
  const folder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!folder) throw new UserError(`${path}: there is no such folder; give the path of ${what}.`);
}
