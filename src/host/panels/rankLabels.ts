import { formatTime } from '../../language/language';
import { pairOf } from './rankKey';
import type { RankSource } from './rankSource';
import { unlikeLabels } from './unlikeLabels';

/**
 * What each of the sources that are shown together is called: its name, with the time it began where another has the same
 * name, and where that does not tell them apart, or they are no runs, with the nearest folder that only it lies in.
 */
export function rankLabels(sources: readonly Pick<RankSource, 'name' | 'path' | 'startedAt'>[]): readonly string[] {
  const names = sources.map(({ name }) => name);
  const timed = unlikeLabels(names, (index) => {
    const startedAt = sources[index]?.startedAt;
    return startedAt === undefined ? undefined : `${names[index] ?? ''}, ${formatTime(new Date(startedAt))}`;
  });
  const placed = unlikeLabels(timed, (index) => {
    const folder = ownFolder(sources, index);
    return folder === undefined ? undefined : `${names[index] ?? ''}, ${folder}`;
  });
  return unlikeLabels(placed, (index) => sources[index]?.path);
}

/** The innermost folder of the source in which no other of its name lies; undefined where it has none. */
function ownFolder(sources: readonly Pick<RankSource, 'name' | 'path'>[], index: number): string | undefined {
  const source = sources[index];
  if (source === undefined) return undefined;
  const others = sources.filter((each, at) => at !== index && each.name === source.name);
  const theirs = new Set(others.flatMap(({ path }) => foldersOf(path)));
  return foldersOf(source.path).findLast((folder) => !theirs.has(folder));
}

/** Names of the folders down to an adapter, of which a file may be named, or to both models of a difference. */
function foldersOf(key: string): string[] {
  const pair = pairOf(key);
  const paths = pair === undefined ? [key.replace(ADAPTER_FILE, '')] : [pair.base, pair.tuned];
  return paths.flatMap((path) => path.split(/[/\\]/).filter(Boolean));
}

const ADAPTER_FILE = /[/\\]adapter_(?:model\.safetensors|config\.json)$/;
