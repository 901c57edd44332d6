import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the files of one model are in the cache that we share with the Python library huggingface_hub. */
export interface CachedRepository {
  /** The content of files, by its hash. */
  readonly blobs: string;
  /** Which commit a branch or tag was when it was last asked for. */
  readonly refs: string;
  /** A folder for each commit, with links to the blobs. */
  readonly snapshots: string;
  /** Empty files, by commit, for what that commit is known not to have. */
  readonly absent: string;
  /** The file that whoever downloads into it holds. */
  readonly lock: string;
}

/** The folder of Hugging Face's settings: token and cache. */
export function huggingFaceHome(): string {
  const { HF_HOME, XDG_CACHE_HOME } = process.env;
  return resolve(expand(HF_HOME ?? join(XDG_CACHE_HOME ?? '~/.cache', 'huggingface')));
}

/** The folder of the cache. The variables are those of the Python library, in its order. */
export function hubCache(): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE } = process.env;
  const named = HF_HUB_CACHE ?? HUGGINGFACE_HUB_CACHE;
  return named === undefined ? join(huggingFaceHome(), 'hub') : resolve(expand(named));
}

/** The folders of a model, which may not exist yet. `id` is one that parseHubReference has read. */
export function cachedRepository(id: string): CachedRepository {
  const cache = hubCache();
  const name = `models--${id.replace('/', '--')}`;
  const folder = join(cache, name);
  return {
    blobs: join(folder, 'blobs'),
    refs: join(folder, 'refs'),
    snapshots: join(folder, 'snapshots'),
    absent: join(folder, '.no_exist'),
    // The Python library locks blob by blob, by flock, which Node lacks; so this one is ours alone.
    lock: join(cache, '.locks', name, 'mora.lock'),
  };
}

/** Resolves "~", $NAME and ${NAME} as the Python library does in these variables. */
export function expand(path: string): string {
  return path
    .replace(/^~(?=[\\/]|$)/, () => homedir())
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, plain?: string, braced?: string) => {
      return process.env[plain ?? braced ?? ''] ?? text;
    });
}
