import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { dataSources } from '../../config/dataSources';
import { parseHubReference } from '../../config/hubReference';
import { modelFolderOf } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { UserError, systemErrorCode } from '../../config/userError';

/**
 * Checks that what a configuration (with absolute paths) points at is there, before anything is written.
 * Throws a UserError that names `file` and the field.
 */
export async function checkInputs(configuration: Configuration, file: string): Promise<void> {
  const { data, adapter } = configuration;
  const model = modelFolderOf(configuration.model);
  // Whether the hub has a model only the hub can say: training asks it, and a plan looks into the cache.
  if (isAbsolute(model) || parseHubReference(model) === undefined) {
    await requireFolder(model, 'model', file);
    await requireFile(join(model, 'config.json'), 'model', file);
  }
  await requireData(data, file);
  if (data.template !== null) await requireFile(data.template, 'data.template', file);
  if (adapter.initial !== null) await requireFolder(adapter.initial, 'adapter.initial', file);
}

/** Sources that stand for files; whether those hold examples is seen when they are read. */
async function requireData(data: Configuration['data'], file: string): Promise<void> {
  try {
    await dataSources(data);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

async function requireFolder(path: string, field: string, file: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'folder') return;
  const why = kind === undefined ? 'there is no such folder' : 'that is not a folder';
  throw new UserError(`${file}: "${field}" names ${path}, but ${why}; correct the path.`);
}

async function requireFile(path: string, field: string, file: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'file') return;
  const why = kind === undefined ? 'there is no such file' : 'that is not a file';
  throw new UserError(`${file}: "${field}" needs ${path}, but ${why}; correct the path.`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    // A pipe or a device counts as a file: whoever reads it says what is wrong with it.
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`${path}: it cannot be looked at (${code ?? String(error)}); check its permissions.`);
  }
}
