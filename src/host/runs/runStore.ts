import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isActive, type ObservedState } from '../../run/status';
import { Disposables } from '../disposables';
import { readRun, sameReading, type Run } from '../../run/run';

const STATUS_FILES = '**/.mora/runs/*/status.json';

/** More runs than a person keeps in one workspace; a sweep that left thousands must not stall the window. */
const MAX_RUNS = 500;

/** As often as a person reads a changing number. Only active runs are read again, and a status is a kilobyte. */
const POLL_MS = 1_000;

/** Reads at once: enough to hide the latency of a network disk. */
const READS_AT_ONCE = 8;

/** A run that passed from one state to another while this window watched it. */
export interface Transition {
  readonly run: Run;
  readonly from: ObservedState;
}

/**
 * The runs of the workspace, as their directories tell. It only reads: whoever trains writes.
 * A watcher finds new and changed runs; active ones are polled too, because watchers miss shared disks and
 * no file changes when a process is killed.
 */
export class RunStore implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<Run | undefined>());
  private readonly moved = this.owned.add(new vscode.EventEmitter<Transition>());
  private readonly runs = new Map<string, Run>();
  private readonly reading = new Map<string, Promise<void>>();
  private scanning: Promise<void> | undefined;
  private hasScanned = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** One run's figures changed, or (undefined) the set of runs or their states did. */
  readonly onDidChange = this.changed.event;
  readonly onDidTransition = this.moved.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    const watcher = this.owned.add(vscode.workspace.createFileSystemWatcher(STATUS_FILES));
    const read = (uri: vscode.Uri): void => void this.read(dirname(uri.fsPath));
    this.owned.add(watcher.onDidCreate(read));
    this.owned.add(watcher.onDidChange(read));
    // A status is replaced by a rename, which some watchers tell as a deletion: the disk knows better.
    this.owned.add(watcher.onDidDelete(read));
    this.owned.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
    this.owned.add({ dispose: () => clearTimeout(this.timer) });
  }

  /** Newest first. Empty until the first scan has ended. */
  all(): readonly Run[] {
    return [...this.runs.values()].sort((a, b) => b.status.startedAt.localeCompare(a.status.startedAt));
  }

  get(root: string): Run | undefined {
    return this.runs.get(root);
  }

  active(): readonly Run[] {
    return this.all().filter((run) => isActive(run.state));
  }

  /** Looks through the workspace; several calls share one look. */
  scan(): Promise<void> {
    this.scanning ??= this.scanOnce().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  /** Looks through the workspace when nobody waits for it: a failure goes to the log. */
  refresh(): void {
    void this.scan().catch((error: unknown) => this.log.error(error instanceof Error ? error : String(error)));
  }

  /** When the workspace has been looked through at least once. */
  scanned(): Promise<void> {
    return this.hasScanned ? Promise.resolve() : this.scan();
  }

  /** Reads one run now, known or new. */
  read(root: string): Promise<void> {
    const earlier = this.reading.get(root);
    if (earlier !== undefined) return earlier;
    const reading = this.readOnce(root).finally(() => this.reading.delete(root));
    this.reading.set(root, reading);
    return reading;
  }

  dispose(): void {
    this.owned.dispose();
  }

  private async scanOnce(): Promise<void> {
    const files = await vscode.workspace.findFiles(STATUS_FILES, '**/node_modules/**', MAX_RUNS);
    if (files.length === MAX_RUNS)
      this.log.warn(`The workspace holds more than ${MAX_RUNS} runs; only these are listed.`);
    const roots = files.filter((uri) => uri.scheme === 'file').map((uri) => dirname(uri.fsPath));
    const known = new Set(roots);
    for (const root of this.runs.keys()) if (!known.has(root)) roots.push(root);
    for (let start = 0; start < roots.length; start += READS_AT_ONCE) {
      await Promise.all(roots.slice(start, start + READS_AT_ONCE).map((root) => this.read(root)));
    }
    this.hasScanned = true;
    this.changed.fire(undefined);
  }

  private async readOnce(root: string): Promise<void> {
    const before = this.runs.get(root);
    const run = await readRun(root, before).catch((error: unknown) => {
      this.log.warn(`${root}: ${String(error)}`);
      return before;
    });
    if (this.owned.isDisposed) return;
    if (run === undefined) {
      this.forget(root);
      return;
    }
    this.runs.set(root, run);
    if (isActive(run.state)) this.poll();
    if (before === undefined) this.changed.fire(undefined);
    else if (before.state !== run.state) {
      this.changed.fire(undefined);
      this.moved.fire({ run, from: before.state });
    } else if (!sameReading(before, run)) this.changed.fire(run);
  }

  private forget(root: string): void {
    if (this.runs.delete(root)) this.changed.fire(undefined);
  }

  private poll(): void {
    if (this.timer !== undefined || this.owned.isDisposed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void Promise.all(this.active().map((run) => this.read(run.root)));
    }, POLL_MS);
  }
}
