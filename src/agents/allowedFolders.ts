import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { UserError, systemErrorCode } from '../config/userError';
import { shortened } from '../config/shortened';

interface Folder {
  readonly path: string;
  /** Without links; undefined while it does not exist. */
  readonly real: string | undefined;
}

/**
 * The folders that agents may reach: a path counts by where it lies, links followed. What lies elsewhere is not even
 * looked for, so that an answer does not tell whether it is there.
 */
export class AllowedFolders {
  private constructor(
    private readonly roots: readonly Folder[],
    private readonly others: readonly Folder[],
  ) {}

  /** `roots` are where relative paths begin and runs are looked for; `others` may be read too. All absolute. */
  static async of(roots: readonly string[], others: readonly string[] = []): Promise<AllowedFolders> {
    return new AllowedFolders(await Promise.all(roots.map(folderAt)), await Promise.all(others.map(folderAt)));
  }

  get rootPaths(): readonly string[] {
    return this.roots.map(({ path }) => path);
  }

  /**
   * The absolute path of what an agent names, which exists; relative ones are tried in each root.
   * Throws a UserError when it lies elsewhere, or there is no such thing.
   */
  async find(given: string): Promise<string> {
    if (this.roots.length === 0) throw new UserError('No folder is open; open the one that holds the runs.');
    const candidates = isAbsolute(given) ? [given] : this.roots.map(({ path }) => resolve(path, given));
    const within = candidates.filter((path) => this.seemsWithin(resolve(path)));
    if (within.length === 0) throw this.outside(given);
    for (const path of within) {
      const real = await realPathOf(path);
      if (real === undefined) continue;
      if (!this.contains(real)) throw this.outside(given);
      return resolve(path);
    }
    throw new UserError(`${shortened(given)}: there is no such file or folder below ${this.names()}.`);
  }

  /** Throws a UserError when an absolute path lies elsewhere; `what` says what names it. It need not exist. */
  async require(path: string, what: string): Promise<void> {
    const refuse = (): never => {
      throw new UserError(`${what} names ${shortened(path)}, which ${this.outsideWords()}`);
    };
    if (!this.seemsWithin(resolve(path))) refuse();
    const real = await realPathOf(path);
    if (real !== undefined && !this.contains(real)) refuse();
  }

  /** By the letters of the path alone. */
  private seemsWithin(path: string): boolean {
    return this.all().some((root) =>
      [root.path, root.real].some((folder) => folder !== undefined && holds(folder, path)),
    );
  }

  private contains(real: string): boolean {
    return this.all().some((root) => root.real !== undefined && holds(root.real, real));
  }

  private all(): readonly Folder[] {
    return [...this.roots, ...this.others];
  }

  private outside(given: string): UserError {
    return new UserError(`${shortened(given)}: ${this.outsideWords()}`);
  }

  private outsideWords(): string {
    return `lies outside of what agents may reach (${this.names()}); its user can allow the folder with \`mora mcp --root FOLDER\` or the setting mora.agentFolders.`;
  }

  private names(): string {
    return this.rootPaths.join(', ');
  }
}

async function folderAt(path: string): Promise<Folder> {
  return { path: resolve(path), real: await realPathOf(path) };
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(
      `${shortened(path)}: it cannot be looked at (${code ?? String(error)}); check its permissions.`,
    );
  }
}

function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
