import { basename } from 'node:path';
import { formatTime } from '../../language/language';
import type { RunSource } from './runSource';

/**
 * What each of the runs that are shown together is called: its name, with the time it began where another has the same
 * name, and its id where they began together too.
 */
export function runLabels(runs: readonly Pick<RunSource, 'name' | 'root' | 'status'>[]): string[] {
  const names = runs.map(({ name }) => name);
  const timed = unlike(names, (index) => {
    const startedAt = runs[index]?.status?.startedAt;
    return startedAt === undefined ? undefined : `${names[index] ?? ''}, ${formatTime(new Date(startedAt))}`;
  });
  return unlike(timed, (index) => basename(runs[index]?.root ?? ''));
}

/** Labels that occur twice become longer ones. */
function unlike(labels: readonly string[], longer: (index: number) => string | undefined): string[] {
  return labels.map((label, index) =>
    labels.indexOf(label) === labels.lastIndexOf(label) ? label : (longer(index) ?? label),
  );
}
