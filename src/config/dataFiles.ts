import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { DATA_ENDINGS, formatOf } from './dataFormats';
import { systemErrorCode, UserError } from './userError';

/** Datasets come in a few thousand shards at most; more files are a folder that was not meant. */
const MAX_FILES = 100_000;

/** Files that describe a dataset rather than being a part of it. */
const ABOUT = /^(readme|license|licence|notice|changelog|dataset_infos)\b/i;

/**
 * The data files that absolute sources stand for: a file as it is, a folder with all in it that has a known ending, a
 * pattern with all that it matches; each file once, in the order of the sources, those of one source sorted by path.
 * `field` is what the configuration calls them. Throws a UserError when a source stands for nothing.
 */
export async function dataFiles(sources: readonly string[], field: string): Promise<string[]> {
  const files = new Set<string>();
  for (const source of sources) {
    for (const file of await filesOf(source, field)) files.add(file);
    if (files.size > MAX_FILES) {
      throw new UserError(`"${field}" names more than ${MAX_FILES} files; choose a smaller folder or pattern.`);
    }
  }
  return [...files];
}

async function filesOf(source: string, field: string): Promise<readonly string[]> {
  const kind = await kindOf(source);
  if (kind === 'file') return [source];
  if (kind === 'folder') {
    const files = await filesIn(source, await realpath(source));
    if (files.length > 0) return files.sort();
    throw new UserError(
      `"${field}" names the folder ${source}, but no file in it ends in ${DATA_ENDINGS.join(', ')}; correct the path.`,
    );
  }
  if (!isDynamicPattern(source)) {
    throw new UserError(`"${field}" names ${source}, but there is no such file or folder; correct the path.`);
  }
  // A pattern says itself which files are meant, so it may name any; links to folders could lead in circles.
  const matches = await glob(source, { absolute: true, onlyFiles: true, followSymbolicLinks: false, dot: false });
  if (matches.length > 0) return matches.map((match) => match.replaceAll('/', sep)).sort();
  throw new UserError(`"${field}" has the pattern ${source}, but no file matches it; correct the pattern.`);
}

/** Files of known endings in a folder and those below; hidden ones, and links that lead out of `root`, are left out. */
async function filesIn(folder: string, root: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesIn(path, root)));
    else if (isData(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && (await staysInside(path, root)))))
      files.push(path);
    if (files.length > MAX_FILES) break;
  }
  return files;
}

function isData(name: string): boolean {
  return name.includes('.') && formatOf(name) !== undefined && !ABOUT.test(name);
}

async function staysInside(link: string, root: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    return target.startsWith(root + sep) && (await stat(target)).isFile();
  } catch {
    return false; // it leads nowhere
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    // A pipe or a device counts as a file: whoever reads it says what is wrong with it.
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw new UserError(`${path}: it cannot be looked at (${code ?? String(error)}); check its permissions.`);
  }
}
