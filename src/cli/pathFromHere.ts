import { isAbsolute, relative } from 'node:path';

/** A path as short as it can be said here: relative where it lies below the working folder; a hub id as it is. */
export function pathFromHere(path: string, here = process.cwd()): string {
  if (!isAbsolute(path)) return path;
  const short = relative(here, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
