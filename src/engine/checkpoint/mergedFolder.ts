import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinearLayer } from '../../config/targets';
import { UserError, systemErrorCode } from '../../config/userError';
import { fileExists } from '../weights/jsonFile';
import { ADAPTER_CONFIG, type AdapterConfig } from './adapterConfig';
import type { AdapterModule } from './adapterState';
import type { RawAdapter } from './adapterTensors';
import { bindAdapter } from './bindAdapter';

/** The folder inside an adapter folder with what was merged into the base before: an adapter folder for each merge. */
const MERGED = 'merged';

/** "merged/0001" of an adapter folder: the factors of one merge, in the order in which the base took them. */
export function mergedFolder(folder: string, merge: number): string {
  return join(folder, MERGED, String(merge).padStart(4, '0'));
}

/**
 * The merges of an adapter folder on the layers of its model, one after another in order, so that only one need be in
 * memory; or, with `only`, those modules of each merge. `read` reads the files of one. Throws a UserError when one is
 * missing or does not fit.
 */
export async function* readMerges(
  folder: string,
  config: AdapterConfig,
  linears: readonly LinearLayer[],
  read: (folder: string, only?: ReadonlySet<string>) => Promise<RawAdapter>,
  only?: ReadonlySet<string>,
): AsyncGenerator<readonly AdapterModule[]> {
  const { merges } = config.remora;
  for (let merge = 1; merge <= merges; merge++) {
    const part = mergedFolder(folder, merge);
    if (!(await fileExists(join(part, ADAPTER_CONFIG)))) {
      throw new UserError(
        `${part}: is missing, but ${config.file} says that ${merges} merges belong to the adapter; restore the folder.`,
      );
    }
    const raw = await read(part, only);
    if (raw.config.remora.part !== merge) {
      throw new UserError(
        `${raw.config.file}: is not merge ${merge} of ${folder}; restore the folder as it was saved.`,
      );
    }
    yield bindAdapter(raw, linears);
  }
}

/** Puts the files of a folder into a new one: as further names of the same files where the disk can, else as copies. */
export async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    try {
      await link(source, target);
    } catch (error) {
      // Some file systems have no links, or no more of them, and a link cannot reach another disk.
      if (systemErrorCode(error) === undefined || systemErrorCode(error) === 'ENOENT') throw error;
      await copyFile(source, target);
    }
  }
}
