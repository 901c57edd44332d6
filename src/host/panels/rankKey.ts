import { basename } from 'node:path';
import { z } from 'zod';

/** Two models, of which one was tuned from the other: absolute folders, or hub ids. */
export interface ModelPair {
  readonly base: string;
  readonly tuned: string;
}

const pairSchema = z.tuple([z.string().min(1), z.string().min(1)]);

/** What names a difference where else a path names a source. No absolute path begins with a bracket. */
export function differenceKey({ base, tuned }: ModelPair): string {
  return JSON.stringify([base, tuned]);
}

/** The models that a key names; undefined for a path. */
export function pairOf(key: string): ModelPair | undefined {
  if (!key.startsWith('[')) return undefined;
  try {
    const [base, tuned] = pairSchema.parse(JSON.parse(key));
    return { base, tuned };
  } catch {
    return undefined;
  }
}

/** "tuned − base". */
export function differenceName({ base, tuned }: ModelPair): string {
  return `${basename(tuned)} − ${basename(base)}`;
}
