import { readFile } from 'node:fs/promises';
import { parseConfiguration } from '../config/parse';
import type { Configuration } from '../config/schema';

/** The configuration that ran, from its config.json; undefined while it is missing or cannot be read. */
export async function readRunConfiguration(file: string): Promise<Configuration | undefined> {
  try {
    const parsed = parseConfiguration(await readFile(file, 'utf8'));
    return parsed.ok ? parsed.configuration : undefined;
  } catch {
    return undefined;
  }
}
