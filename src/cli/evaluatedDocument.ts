import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { dataFiles } from '../config/dataFiles';
import { applyOverrides, type Overrides } from '../config/overrides';
import { requireConfiguration } from '../config/parse';
import { resolvePaths } from '../config/resolvePaths';
import type { Configuration } from '../config/schema';
import { UserError } from '../config/userError';
import { checkInputs } from '../engine/rpc/checkInputs';
import { runPaths } from '../run/runDirectory';
import { readStatus } from '../run/status';
import { readConfigurationFile } from './configurationFile';
import { hubIdOf } from './hubIdOf';

export interface EvaluatedOptions {
  /** Files, folders or patterns instead of the configuration's; none for those. */
  readonly data: readonly string[];
  readonly adapter?: string;
  readonly set: Overrides;
}

export interface EvaluatedDocument {
  /** Every path absolute. */
  readonly configuration: Configuration;
  /** What errors call it. */
  readonly file: string;
  /** An adapter folder or run, as the user wrote it; undefined for the model alone. */
  readonly adapter: string | undefined;
}

/**
 * What there is to evaluate for `target`: a configuration; a run, with its adapter; or a model, with the data settings of
 * the run that the adapter is of, if it is of one. Throws a UserError that names the target.
 */
export async function evaluatedDocument(target: string, options: EvaluatedOptions): Promise<EvaluatedDocument> {
  const kind = await kindOf(target);
  const adapter = options.adapter ?? (kind === 'run' ? target : undefined);
  const run = adapter !== undefined && (await isRun(adapter)) ? runPaths(resolve(adapter)) : undefined;
  const file = kind === 'document' ? resolve(target) : kind === 'run' ? runPaths(resolve(target)).config : run?.config;
  if (file === undefined && options.data.length === 0) {
    throw new UserError(`${target}: is a model and says nothing of data; give some with --data FILE.`);
  }
  const model = hubIdOf(target) ?? resolve(target);
  // Without a document the data is a model's only setting, and what --set adds to it.
  const text =
    file === undefined
      ? JSON.stringify({ model, data: { train: options.data } })
      : kind === 'document'
        ? await readConfigurationFile(target)
        : await readFile(file, 'utf8');
  const name = file ?? target;
  const written = requireConfiguration(applyOverrides(text, options.set), name);
  const resolved = resolvePaths(written, file === undefined ? process.cwd() : dirname(file));
  const configuration: Configuration = {
    ...resolved,
    model: kind === 'model' ? model : modelOf(resolved, run?.base),
    data: {
      ...resolved.data,
      ...(options.data.length > 0 && { train: await given(resolved, options.data), validation: 0 }),
    },
    // Where training began is nothing to an evaluation.
    adapter: { ...resolved.adapter, initial: null },
  };
  await checkInputs(configuration, name);
  return { configuration, file: name, adapter };
}

/** A model that started from random weights is in its run. */
function modelOf({ model }: Configuration, base: string | undefined): Configuration['model'] {
  return typeof model === 'string' || base === undefined ? model : base;
}

/** The absolute paths of --data. */
async function given(configuration: Configuration, data: readonly string[]): Promise<Configuration['data']['train']> {
  const { train } = resolvePaths(
    { ...configuration, data: { ...configuration.data, train: [...data] } },
    process.cwd(),
  ).data;
  await dataFiles(typeof train === 'string' ? [train] : train, '--data');
  return train;
}

async function kindOf(target: string): Promise<'document' | 'run' | 'model'> {
  if (hubIdOf(target) !== undefined) return 'model';
  const stats = await stat(target).catch(() => undefined);
  if (stats === undefined) {
    throw new UserError(
      `${target}: there is no such file or folder; give a *.mora.json document, a run, a model folder, or the hub id of a downloaded model.`,
    );
  }
  if (!stats.isDirectory()) return 'document';
  return (await isRun(target)) ? 'run' : 'model';
}

async function isRun(folder: string): Promise<boolean> {
  return (await readStatus(runPaths(resolve(folder)).status)) !== undefined;
}
