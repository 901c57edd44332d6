import { basename, dirname, join } from 'node:path';

/** What can be said of runs by where they lie alone, before anything of them is read. */

/** "20260131-142501" of an id; its time, in UTC. */
const STAMP = /^\d{8}-\d{6}(?=-)/;

/** The runs of one configuration in one folder. */
export interface ConfigurationRuns {
  /** Unlike that of every other group. */
  readonly key: string;
  /** As in the ids of its runs: what cannot stand there is a dash. */
  readonly name: string;
  /** Folder of the configuration. */
  readonly folder: string;
  readonly roots: readonly string[];
}

/** Newest first by the time in the id; those without one last, by name. */
export function newestFirst(roots: Iterable<string>): string[] {
  return Array.from(roots, (root) => ({ root, id: basename(root), isStamped: STAMP.test(basename(root)) }))
    .sort((a, b) => Number(b.isStamped) - Number(a.isStamped) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0))
    .map(({ root }) => root);
}

/** The runs by configuration and folder, in the order in which each first appears. */
export function byConfiguration(roots: readonly string[]): ConfigurationRuns[] {
  const all = new Set(roots);
  const groups = new Map<string, { key: string; name: string; folder: string; roots: string[] }>();
  for (const root of roots) {
    const name = configurationIn(root, all);
    const folder = folderOfRun(root);
    const key = join(folder, name);
    const group = groups.get(key) ?? { key, name, folder, roots: [] };
    group.roots.push(root);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whether every word of `text` is in the id of the run or the name of its folder, upper and lower case alike. */
export function matchesText(root: string, text: string): boolean {
  const place = `${basename(folderOfRun(root))}/${basename(root)}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => place.includes(word) || place.includes(word.replace(/[^a-z0-9._-]+/g, '-')));
}

/** The folder that holds `.mora/runs`. */
function folderOfRun(root: string): string {
  return dirname(dirname(dirname(root)));
}

function configurationIn(root: string, all: ReadonlySet<string>): string {
  const id = basename(root);
  // Runs that began in the same second have a number at the end.
  const first = id.replace(/-\d+$/, '');
  const named = first !== id && all.has(join(dirname(root), first)) ? first : id;
  return named.replace(STAMP, '').replace(/^-/, '') || named;
}
