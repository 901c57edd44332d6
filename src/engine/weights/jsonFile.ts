import { readFile, stat } from 'node:fs/promises';
import { systemErrorCode, UserError } from '../../config/userError';
import { unreadable } from './byteSource';

/** The largest index of shards in use is under 20 MB; a tokenizer reaches 35 MB. */
export const MAX_JSON_BYTES = 200_000_000;

/** The text of a JSON file. Throws a UserError when it is missing or too large. */
export async function readJsonText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_JSON_BYTES) {
      throw new UserError(
        `${file}: has ${size} bytes, more than the ${MAX_JSON_BYTES} that any such file needs; copy or download it again.`,
      );
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Reads a JSON object. Throws a UserError when the file is missing, too large or anything else. */
export async function readJsonObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readJsonText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${file}: is not valid JSON; copy or download it again.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${file}: is not a JSON object; copy or download it again.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Like {@link readJsonObject}, undefined when there is no such file. */
export async function readJsonObjectIfAny(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  return (await fileExists(file)) ? readJsonObject(file) : undefined;
}

export async function fileExists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
