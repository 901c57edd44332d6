import { basename } from 'node:path';
import { formatTime } from '../../language/language';
import type { RunSource } from './runSource';
import { unlikeLabels } from './unlikeLabels';

/**
 * What each of the runs that are shown together is called: its name, with the time it began where another has the same
 * name, and its id where they began together too.
 */
export function runLabels(runs: readonly Pick<RunSource, 'name' | 'root' | 'status'>[]): readonly string[] {
  const names = runs.map(({ name }) => name);
  const timed = unlikeLabels(names, (index) => {
    const startedAt = runs[index]?.status?.startedAt;
    return startedAt === undefined ? undefined : `${names[index] ?? ''}, ${formatTime(new Date(startedAt))}`;
  });
  return unlikeLabels(timed, (index) => basename(runs[index]?.root ?? ''));
}
