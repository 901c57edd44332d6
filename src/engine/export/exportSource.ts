import { resolve } from 'node:path';
import { UserError } from '../../config/userError';
import { bestCheckpoint } from '../../run/bestCheckpoint';
import { readAdapter, readRawAdapter, type LoadedAdapter } from '../checkpoint/adapterFolder';
import { hubBase } from '../checkpoint/hubBase';
import { modelFolder as folderOf } from '../hub/resolveModel';
import { recognise } from '../inspectedPath';
import { decoderLinears, type DecoderConfig } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { trainableModelTensors } from '../models/trainedParts';
import { fileExists } from '../weights/jsonFile';
import { openModelFolder, type ModelFolder } from '../weights/modelFolder';

/** An adapter on its base model, open. */
export interface ExportSource {
  /** The adapter's folder; of a run, that of the checkpoint. */
  readonly adapterFolder: string;
  readonly adapter: LoadedAdapter;
  readonly modelFolder: string;
  readonly config: DecoderConfig;
  readonly weights: ModelFolder;
}

/**
 * Opens an adapter folder, a checkpoint or a run (its newest checkpoint, or with `best` the one of the lowest
 * validation loss) and the model it is for: `model`, or else the
 * one that adapter_config.json names. Close `weights` afterwards. Throws a UserError when one does not fit the other.
 */
export async function openExportSource(
  path: string,
  { model, best = false }: { readonly model?: string | undefined; readonly best?: boolean | undefined } = {},
): Promise<ExportSource> {
  const found = await recognise(best ? (await bestCheckpoint(path)).folder : path);
  if (found.kind !== 'adapter' && found.kind !== 'run') {
    throw new UserError(`${path}: is no adapter; give an adapter folder, a checkpoint or a run.`);
  }
  const modelFolder = model === undefined ? await baseModelFolder(found.folder) : await folderOf(model);
  const config = await readDecoderConfig(modelFolder);
  const adapter = await readAdapter(found.folder, decoderLinears(config), trainableModelTensors(config));
  const weights = await openModelFolder(modelFolder);
  return { adapterFolder: found.folder, adapter, modelFolder, config, weights };
}

/** The folder that adapter_config.json names, seen from the adapter; or in the cache, of a model of the hub. */
async function baseModelFolder(adapterFolder: string): Promise<string> {
  const { config } = await readRawAdapter(adapterFolder);
  const { file, baseModel } = config;
  if (baseModel === null) {
    throw new UserError(`${file}: does not name its base model; give the model's folder with --model.`);
  }
  const folder = resolve(adapterFolder, baseModel);
  if (await fileExists(folder)) return folder;
  const onHub = hubBase(config);
  if (onHub !== undefined) return folderOf(onHub);
  throw new UserError(
    `${file}: its base model "${baseModel}" is not a folder here; give the model's folder with --model.`,
  );
}
