import { UserError } from '../../config/userError';
import type { Contents, ListedTensor } from '../rpc/contents';
import type { TensorEntry } from '../weights/header';
import { headerOf, stampOf, type ReadFile } from './headers';

/** Where the values of a tensor are. */
export interface TensorSource {
  readonly path: string;
  readonly entry: TensorEntry;
}

/**
 * Where listed tensors lie. The header of each file is parsed once, however large it is and in whatever order its tensors
 * are asked for; the listings that are compared bound what that holds.
 */
export class ListedPlaces {
  private readonly headers = new Map<string, ReadFile>();

  /** Throws a UserError when the file is not the one that was listed any more. */
  async find({ files }: Contents, { name, file }: ListedTensor): Promise<TensorSource> {
    const listed = files[file];
    if (listed === undefined) throw new Error(`"${name}" is in no file`);
    const { path, stamp } = listed;
    const stampNow = await stampOf(path);
    const read = this.headers.get(path) ?? (await headerOf(path));
    this.headers.set(path, read);
    const entry = read.header.tensors.get(name);
    if (stampNow !== stamp || read.stamp !== stamp || entry === undefined) {
      throw new UserError(`${path}: has changed while it was compared; compare again.`);
    }
    return { path, entry };
  }
}
