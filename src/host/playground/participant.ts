import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { z } from 'zod';
import { parseHubReference } from '../../config/hubReference';
import { modelFolderOf, modelName, savedBase } from '../../config/modelFolder';
import { systemErrorCode, UserError } from '../../config/userError';
import { formatNumber } from '../../language/language';
import { checkpointStep, listCheckpoints } from '../../run/checkpoints';
import { readRunConfiguration } from '../../run/runConfiguration';
import { runName, runPaths } from '../../run/runDirectory';
import { readStatus } from '../../run/status';

/** One who answers prompts: a model, or a model with an adapter. */
export const participantSchema = z.object({
  name: z.string().min(1),
  /** "base model", "step 150", "adapter". */
  detail: z.string(),
  /** Model folder or hub id; null where an adapter does not say which. */
  model: z.string().min(1).nullable(),
  adapter: z.string().min(1).nullable(),
  /** Chat template with which the run was trained instead of the model's own. */
  template: z.string().min(1).nullable(),
});
export type Participant = z.output<typeof participantSchema>;

/** The largest adapter_config.json in use has some thousand lines of patterns. */
const MAX_CONFIG_BYTES = 10_000_000;

const baseSchema = z.object({
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
});

/**
 * Who answers for a path: of a run its newest checkpoint, of an adapter folder the adapter, each with its base model
 * before it; of a model folder that alone. Throws a UserError when it is none of these.
 */
export async function participantsOf(path: string): Promise<readonly Participant[]> {
  const folder = await folderAt(path);
  if (await exists(join(folder, 'adapter_config.json'))) return withBase(await adapterParticipant(folder));
  if ((await readStatus(runPaths(folder).status)) !== undefined) {
    const newest = (await listCheckpoints(runPaths(folder).checkpoints)).at(-1);
    if (newest === undefined)
      throw new UserError(
        l10n.t('{0}: the run has no checkpoint yet; save one or wait for it, then look again.', folder),
      );
    return withBase(await adapterParticipant(newest.folder));
  }
  if (await exists(join(folder, 'config.json'))) return [modelParticipant(folder)];
  throw new UserError(l10n.t('{0}: is neither a run nor an adapter nor a model folder; choose one of these.', folder));
}

/** The participant that the user means by choosing a folder: of an adapter it, not its base. */
export async function participantAt(path: string): Promise<Participant> {
  const participant = (await participantsOf(path)).at(-1);
  if (participant === undefined) throw new Error(`nobody answers for ${path}`);
  return participant;
}

/** A model without an adapter. */
export function modelParticipant(model: string, template: string | null = null): Participant {
  return { name: modelName(model), detail: l10n.t('base model'), model, adapter: null, template };
}

/** The model of a participant on its own; undefined where that is what it is, or where the model is not known. */
export function baseOf({ model, adapter, template }: Participant): Participant | undefined {
  return model === null || adapter === null ? undefined : modelParticipant(model, template);
}

function withBase(participant: Participant): readonly Participant[] {
  const base = baseOf(participant);
  return base === undefined ? [participant] : [base, participant];
}

/** An adapter folder; one of a run knows the run's name, model and template. */
async function adapterParticipant(adapter: string): Promise<Participant> {
  const root = runOf(adapter);
  const status = root === undefined ? undefined : await readStatus(runPaths(root).status);
  if (root === undefined || status === undefined) {
    return {
      name: basename(adapter),
      detail: l10n.t('adapter'),
      model: await namedBase(adapter),
      adapter,
      template: null,
    };
  }
  const paths = runPaths(root);
  const configuration = await readRunConfiguration(paths.config);
  const step = checkpointStep(basename(adapter)) ?? 0;
  return {
    name: runName(root, status.configurationFile),
    detail: l10n.t('step {0}', formatNumber(step)),
    model:
      configuration === undefined
        ? await namedBase(adapter)
        : (savedBase(configuration.model, paths.base) ?? modelFolderOf(configuration.model)),
    adapter,
    template: configuration?.data.template ?? null,
  };
}

/** The run directory whose checkpoint a folder is; undefined by the look of any other path. */
export function runOf(adapter: string): string | undefined {
  if (checkpointStep(basename(adapter)) === undefined) return undefined;
  return basename(dirname(adapter)) === 'checkpoints' ? dirname(dirname(adapter)) : undefined;
}

/** The base model that adapter_config.json names: a folder, seen from the adapter, or a hub id. */
async function namedBase(adapter: string): Promise<string | null> {
  const { base_model_name_or_path: base, revision } = await readBase(join(adapter, 'adapter_config.json'));
  if (base === null || base === undefined || base === '') return null;
  const folder = resolve(adapter, base);
  if (await exists(folder)) return folder;
  const onHub = revision === null || revision === undefined ? base : `${base}@${revision}`;
  return parseHubReference(onHub) === undefined ? folder : onHub;
}

async function readBase(file: string): Promise<z.output<typeof baseSchema>> {
  try {
    if ((await stat(file)).size > MAX_CONFIG_BYTES) return {};
    return baseSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? {};
  } catch {
    // What is wrong with it the engine says better, when it reads the whole of it.
    return {};
  }
}

async function folderAt(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? path : dirname(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT')
      throw new UserError(l10n.t('{0}: is not there any more; choose another run, adapter or model.', path));
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
