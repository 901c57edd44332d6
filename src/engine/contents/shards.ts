import { basename, dirname, join } from 'node:path';
import { UserError } from '../../config/userError';
import { shortened } from '../../config/shortened';
import type { Contents, ContentsFile } from '../rpc/contents';
import type { TensorEntry } from '../weights/header';
import { readJsonObject } from '../weights/jsonFile';
import { readShardIndex } from '../weights/shardIndex';
import { headerBytes, headerOf, type ReadFile } from './headers';

export interface ListedShards extends Pick<Contents, 'files' | 'metadata' | 'warnings'> {
  /** Name, entry and place of the file, shard by shard in the order of the index. */
  readonly entries: readonly (readonly [name: string, entry: TensorEntry, file: number])[];
}

/** Headers read at a time: enough to hide the latency of a disk, few enough open files. */
const AT_ONCE = 8;

/** Warnings that name a tensor; the rest are counted. */
const MAX_NAMED = 5;

/** Lists the shards of an index; says of each that is missing or damaged why, and where index and shards disagree. */
export async function listShards(index: string, signal?: AbortSignal): Promise<ListedShards> {
  const shardOf = await readShardIndex(index);
  const names = [...new Set(shardOf.values())];
  const read = await inOrder(names, (name) => readShard(join(dirname(index), name)), signal);
  const files: ContentsFile[] = [];
  const entries: (readonly [string, TensorEntry, number])[] = [];
  const found = new Set<string>();
  const extra: string[] = [];
  for (const [place, shard] of read.entries()) {
    const name = names[place] ?? '';
    if (typeof shard === 'string') {
      files.push({
        name,
        path: join(dirname(index), name),
        bytes: 0,
        headerBytes: 0,
        tensors: 0,
        stamp: '',
        problem: shard,
      });
      continue;
    }
    const { path, size, stamp, header } = shard;
    files.push({ name, path, bytes: size, headerBytes: headerBytes(shard), tensors: header.tensors.size, stamp });
    for (const [tensor, entry] of header.tensors) {
      entries.push([tensor, entry, place]);
      if (shardOf.get(tensor) === name) found.add(tensor);
      else extra.push(tensor);
    }
  }
  const unreadable = new Set(files.filter(({ problem }) => problem !== undefined).map(({ name }) => name));
  const absent = [...shardOf].filter(([tensor, shard]) => !found.has(tensor) && !unreadable.has(shard));
  return {
    files,
    entries,
    metadata: await indexMetadata(index),
    warnings: [
      ...files.flatMap(({ problem }) => problem ?? []),
      ...summarised(
        absent.map(([tensor, shard]) => `"${shortened(tensor)}" (${shard})`),
        `${basename(index)}: names tensors that are not in their shards`,
      ),
      ...summarised(
        extra.map((tensor) => `"${shortened(tensor)}"`),
        `${basename(index)}: does not name tensors that the shards hold, so models load without them`,
      ),
    ],
  };
}

async function readShard(path: string): Promise<ReadFile | string> {
  try {
    return await headerOf(path);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function indexMetadata(index: string): Promise<Record<string, string>> {
  const { metadata } = await readJsonObject(index);
  if (typeof metadata !== 'object' || metadata === null) return {};
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function summarised(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return [`${what}: ${names.slice(0, MAX_NAMED).join(', ')}${more}.`];
}

/** Answers in the order of the questions, a few at a time. Throws the signal's reason when it aborts. */
async function inOrder<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    answers.push(...(await Promise.all(names.slice(at, at + AT_ONCE).map(ask))));
  }
  return answers;
}
