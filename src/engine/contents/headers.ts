import { stat } from 'node:fs/promises';
import { UserError } from '../../config/userError';
import { openFileBytes, unreadable, type ByteSource } from '../weights/byteSource';
import { readHeader, type SafetensorsHeader } from '../weights/header';

/** A safetensors file as its header describes it, and which state of the file that was. */
export interface ReadFile {
  readonly path: string;
  readonly size: number;
  readonly stamp: string;
  readonly header: SafetensorsHeader;
}

/** Headers kept for the next question about the same file; a shard has a megabyte at most. */
const KEPT = 8;

/** Larger headers are read again each time instead: parsed, they take many times their size. */
const MAX_KEPT_BYTES = 16 << 20;

const kept = new Map<string, ReadFile>();

/** Size and time of change: another stamp is another file, whatever its name. Throws a UserError when it is missing. */
export async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return `${found.size}-${found.mtimeMs}-${found.ino}`;
}

/** The header of a file, from memory where the file is still the one it was. Throws a UserError as readHeader does. */
export async function headerOf(path: string): Promise<ReadFile> {
  const stamp = await stampOf(path);
  const known = kept.get(path);
  if (known?.stamp === stamp) {
    keep(known);
    return known;
  }
  const source = await openFileBytes(path);
  try {
    const header = await readHeader(source);
    const file = { path, size: source.size, stamp, header };
    if (headerBytes(file) <= MAX_KEPT_BYTES) keep(file);
    return file;
  } finally {
    await source.close();
  }
}

/** Bytes before the data: what opening a file reads. Tensors cover the rest without a hole. */
export function headerBytes({ size, header }: Pick<ReadFile, 'size' | 'header'>): number {
  let data = 0;
  for (const { start, end } of header.tensors.values()) data += end - start;
  return size - data;
}

/**
 * Opens a file for its values and gives them to `read`. Throws a UserError when it is not as it was listed: offsets of
 * another state of the file would read other numbers.
 */
export async function withFile<T>(
  path: string,
  stamp: string,
  read: (source: ByteSource, header: SafetensorsHeader) => Promise<T>,
): Promise<T> {
  if ((await stampOf(path)) !== stamp) {
    throw new UserError(`${path}: has changed since it was opened; reload it.`);
  }
  const { header } = await headerOf(path);
  const source = await openFileBytes(path);
  try {
    return await read(source, header);
  } finally {
    await source.close();
  }
}

function keep(file: ReadFile): void {
  kept.delete(file.path);
  kept.set(file.path, file);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
}
