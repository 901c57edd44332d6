import { sep } from 'node:path';
import { type readRun, type Run } from '../../run/run';
import { isActive } from '../../run/status';
import { groupOf, type Group } from './runGroup';
import { byConfiguration, matchesText, newestFirst, type ConfigurationRuns } from './runRoots';

/** Reads at once: enough to hide the latency of a network disk. */
export const READS_AT_ONCE = 8;

export interface RunQuery {
  /** Words that the run's id or folder has; empty for any. */
  readonly text: string;
  /** Any when empty. */
  readonly groups: readonly Group[];
  /** Key of the configuration whose runs are meant; any when absent. */
  readonly configuration?: string;
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly Run[];
  /** Older runs that may fit as well. */
  readonly rest: number;
}

/** What a reading changed: undefined where there was, or is, no run. */
export interface Reading {
  readonly before: Run | undefined;
  readonly after: Run | undefined;
}

/**
 * The runs that are known to exist, and those of them that have been read. A list is read from the newest on and only as
 * far as it is asked for, so that thousands of runs cost no more than the paths of their directories.
 */
export class RunIndex {
  private readonly found = new Set<string>();
  private readonly runs = new Map<string, Run>();
  private readonly reading = new Map<string, Promise<Reading>>();
  private ordered: readonly string[] | undefined;

  constructor(
    private readonly reader: typeof readRun,
    private readonly warn: (message: string) => void,
  ) {}

  /** Every run directory known, newest first. */
  roots(): readonly string[] {
    return (this.ordered ??= newestFirst(this.found));
  }

  /** The runs that have been read, newest first. */
  all(): readonly Run[] {
    return [...this.runs.values()].sort((a, b) => b.status.startedAt.localeCompare(a.status.startedAt));
  }

  active(): readonly Run[] {
    return this.all().filter((run) => isActive(run.state));
  }

  get(root: string): Run | undefined {
    return this.runs.get(root);
  }

  has(root: string): boolean {
    return this.found.has(root);
  }

  /** Takes in what a search found. Unread runs that it did not find are gone; of those read the disk decides. */
  setFound(roots: Iterable<string>): void {
    this.found.clear();
    for (const root of roots) this.found.add(root);
    for (const root of this.runs.keys()) this.found.add(root);
    this.ordered = undefined;
  }

  /** Known runs at or below a folder. */
  below(folder: string): readonly string[] {
    return this.roots().filter((root) => root === folder || root.startsWith(folder + sep));
  }

  /** Reads a run, known or not; calls at the same time share one reading. */
  read(root: string): Promise<Reading> {
    const earlier = this.reading.get(root);
    if (earlier !== undefined) return earlier;
    const reading = this.readOnce(root).finally(() => this.reading.delete(root));
    this.reading.set(root, reading);
    return reading;
  }

  /** Reads those that have not been read, in turn, until `isOver` says so. True when there were any. */
  async load(roots: readonly string[], isOver: () => boolean = () => false): Promise<boolean> {
    const unread = roots.filter((root) => !this.runs.has(root));
    for (let start = 0; start < unread.length && !isOver(); start += READS_AT_ONCE) {
      await Promise.all(unread.slice(start, start + READS_AT_ONCE).map((root) => this.read(root)));
    }
    return unread.length > 0;
  }

  /** At least `limit` runs that fit, as far as there are so many; active ones that are known are never left out. */
  async list(query: RunQuery, limit: number, isOver: () => boolean = () => false): Promise<RunList> {
    const candidates = this.candidates(query);
    let place = 0;
    let count = 0;
    while (place < candidates.length && count < limit && !isOver()) {
      const next = candidates.slice(place, place + Math.min(limit - count, 8 * READS_AT_ONCE));
      await this.load(next, isOver);
      count += next.filter((root) => this.fits(root, query)).length;
      place += next.length;
    }
    const older = candidates.slice(place);
    const active = older.filter((root) => isActive(this.runs.get(root)?.state ?? 'finished'));
    const roots = new Set([...candidates.slice(0, place), ...active].filter((root) => this.fits(root, query)));
    return { runs: this.all().filter(({ root }) => roots.has(root)), rest: older.length - active.length };
  }

  /** The configurations whose runs may fit by their place; nothing is read. */
  configurations(text: string): readonly ConfigurationRuns[] {
    return byConfiguration(this.candidates({ text }));
  }

  private candidates({ text, configuration }: Pick<RunQuery, 'text' | 'configuration'>): readonly string[] {
    const roots =
      configuration === undefined
        ? this.roots()
        : (byConfiguration(this.roots()).find(({ key }) => key === configuration)?.roots ?? []);
    return text.trim() === '' ? roots : roots.filter((root) => matchesText(root, text.trim()));
  }

  private fits(root: string, { groups }: RunQuery): boolean {
    const run = this.runs.get(root);
    return run !== undefined && (groups.length === 0 || groups.includes(groupOf(run.state)));
  }

  private async readOnce(root: string): Promise<Reading> {
    const before = this.runs.get(root);
    const after = await this.reader(root, before).catch((error: unknown) => {
      this.warn(`${root}: ${String(error)}`);
      return before;
    });
    if (after === undefined) {
      this.runs.delete(root);
      if (this.found.delete(root)) this.ordered = undefined;
    } else {
      this.runs.set(root, after);
      if (!this.found.has(root)) this.ordered = undefined;
      this.found.add(root);
    }
    return { before, after };
  }
}
