import { readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { UserError } from '../../config/userError';
import { unreadable } from './byteSource';

/**
 * Weights in any format, which the merged ones replace, pickles among them; bookkeeping of them; adapters; and what is
 * of this repository or machine alone.
 */
const LEFT_OUT = [
  /\.(safetensors|bin|pt|pth|ckpt|pkl|pickle|h5|msgpack|onnx|onnx_data|gguf|npz|npy|tflite|ot)$/i,
  /\.index\.json$/,
  /^adapter_/,
  /^\./,
  // Of the base model, with its figures; the export has its own.
  /^README(\.md)?$/i,
];

/** A tokenizer reaches 35 MB; larger files beside a model are something else. */
const MAX_FILE_BYTES = 200_000_000;

/**
 * Copies what makes a model folder complete beside its weights: configuration, tokenizer, chat template, licence. Only
 * files of the folder itself, no folders within. A link that leads out of the folder is refused: a folder from the
 * internet must not bring files of this machine into something that will be shared. Links into the `blobs` of a hub
 * cache, which is how it stores every file, are followed. Returns the names, in order.
 */
export async function copyModelFiles(from: string, to: string): Promise<string[]> {
  const allowed = await allowedFolders(from);
  const copied: string[] = [];
  for (const name of (await readdir(from)).sort()) {
    if (LEFT_OUT.some((pattern) => pattern.test(name))) continue;
    const path = join(from, name);
    const target = await realpath(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (!allowed.some((folder) => target.startsWith(folder + sep))) {
      throw new UserError(`${path}: is a link that leads out of the model's folder; put the file itself there.`);
    }
    const found = await stat(target);
    if (!found.isFile()) continue;
    if (found.size > MAX_FILE_BYTES) {
      throw new UserError(`${path}: has ${found.size} bytes, too many for a file beside the weights; move it away.`);
    }
    // Not copyFile: it would keep a read-only file read-only.
    await writeFile(join(to, name), await readFile(target), { flag: 'wx' });
    copied.push(name);
  }
  return copied;
}

/** The folder itself; of a snapshot in a hub cache also the blobs that its links lead to. */
async function allowedFolders(folder: string): Promise<string[]> {
  const real = await realpath(folder);
  const snapshots = dirname(real);
  return basename(snapshots) === 'snapshots' ? [real, join(dirname(snapshots), 'blobs')] : [real];
}
