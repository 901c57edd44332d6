import { basename, dirname } from 'node:path';
import { glob } from 'tinyglobby';
import { readRun, type Run } from '../run/run';

const STATUS_FILES = '**/.mora/runs/*/status.json';

/** Folders of runs lie near the top of a project; deeper than this is somebody's archive. */
const DEPTH = 12;

/** More runs than a person keeps; a sweep that left thousands must not stall an answer. */
const MOST_RUNS = 500;

/** Reads at once: enough to hide the latency of a network disk. */
const READS_AT_ONCE = 8;

/** The runs below some folders as their directories tell, newest first. Throws the signal's reason when it aborts. */
export async function foundRuns(folders: readonly string[], signal: AbortSignal): Promise<Run[]> {
  const roots = new Set<string>();
  for (const folder of folders) {
    const files = await glob(STATUS_FILES, {
      cwd: folder,
      absolute: true,
      dot: true,
      deep: DEPTH,
      followSymbolicLinks: false,
      ignore: ['**/node_modules/**', '**/.git/**'],
      signal,
    });
    for (const file of files) roots.add(dirname(file));
  }
  signal.throwIfAborted();
  // Ids begin with the time, so the last are the newest.
  const newest = [...roots].sort((a, b) => basename(b).localeCompare(basename(a))).slice(0, MOST_RUNS);
  const runs: Run[] = [];
  for (let start = 0; start < newest.length; start += READS_AT_ONCE) {
    signal.throwIfAborted();
    const read = await Promise.all(newest.slice(start, start + READS_AT_ONCE).map((root) => readRun(root)));
    runs.push(...read.filter((run) => run !== undefined));
  }
  return runs.sort((a, b) => b.status.startedAt.localeCompare(a.status.startedAt));
}
