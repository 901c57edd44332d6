import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { readRun, sameReading, type Run } from '../../run/run';
import { idPart } from '../../run/runDirectory';
import { isActive, type ObservedState } from '../../run/status';
import { Disposables } from '../disposables';
import { RunFolders } from './runFolders';
import { READS_AT_ONCE, RunIndex, type RunList, type RunQuery } from './runIndex';
import type { ConfigurationRuns } from './runRoots';

const STATUS_FILES = '**/.mora/runs/*/status.json';
/** Who deletes or moves a folder is told of as a change of that folder alone. */
const RUN_FOLDERS = '**/{.mora,.mora/runs,.mora/runs/*}';

/** A bound on what a search may return; a path is some hundred bytes. */
const MAX_RUNS = 20_000;

/** Runs read when the window opens: enough that those which still train are among them. */
const FIRST_RUNS = 50;

/** As often as a person reads a changing number. Only active runs are read again, and a status is a kilobyte. */
const POLL_MS = 1_000;

/** How long a run that was started in a terminal may stay unseen where the watcher misses it. */
const LOOK_MS = 3_000;

/** A run that passed from one state to another while this window watched it. */
export interface Transition {
  readonly run: Run;
  readonly from: ObservedState;
}

/**
 * The runs of the workspace, as their directories tell. It only reads: whoever trains writes.
 * A watcher finds new and changed runs; active ones are polled too, because watchers miss shared disks and
 * no file changes when a process is killed. Of the others no more is read than is asked for.
 */
export class RunStore implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<Run | undefined>());
  private readonly loaded = this.owned.add(new vscode.EventEmitter<void>());
  private readonly moved = this.owned.add(new vscode.EventEmitter<Transition>());
  private readonly index: RunIndex;
  private readonly reading = new Map<string, Promise<void>>();
  private scanning: Promise<void> | undefined;
  private hasScanned = false;
  private readonly folders = new RunFolders((root) => {
    if (!this.index.has(root)) void this.read(root);
  });
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** One run's figures changed, or (undefined) the set of runs or their states did. */
  readonly onDidChange = this.changed.event;
  /** Runs that were there before have been read for the first time. */
  readonly onDidLoad = this.loaded.event;
  readonly onDidTransition = this.moved.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.index = new RunIndex(readRun, (message) => log.warn(message));
    const watcher = this.owned.add(vscode.workspace.createFileSystemWatcher(STATUS_FILES));
    const read = (uri: vscode.Uri): void => void this.read(dirname(uri.fsPath));
    this.owned.add(watcher.onDidCreate(read));
    this.owned.add(watcher.onDidChange(read));
    // A status is replaced by a rename, which some watchers tell as a deletion: the disk knows better.
    this.owned.add(watcher.onDidDelete(read));
    const folders = this.owned.add(vscode.workspace.createFileSystemWatcher(RUN_FOLDERS, false, true, false));
    this.owned.add(folders.onDidCreate((uri) => this.onFolderMade(uri.fsPath)));
    this.owned.add(folders.onDidDelete((uri) => this.onFolderGone(uri.fsPath)));
    this.owned.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
    this.owned.add({ dispose: () => clearTimeout(this.timer) });
    const looking = setInterval(() => void this.folders.look(), LOOK_MS);
    this.owned.add({ dispose: () => clearInterval(looking) });
  }

  get(root: string): Run | undefined {
    return this.index.get(root);
  }

  /** How many runs are known by their place alone. */
  get unread(): number {
    return this.index.roots().length - this.index.all().length;
  }

  /** Those that have been read; one that writes its status is. */
  active(): readonly Run[] {
    return this.index.active();
  }

  /** Reads the active runs now: what is known of them may be as old as the time between two looks. */
  async readActive(): Promise<void> {
    await Promise.all(this.active().map(({ root }) => this.read(root)));
  }

  /** An active run of a configuration document; reads the runs that may be one. */
  async activeOf(configurationFile: string): Promise<Run | undefined> {
    await this.scanned();
    await this.load(this.index.configurations(idPart(configurationFile)).flatMap(({ roots }) => roots));
    return this.active().find((run) => run.status.configurationFile === configurationFile);
  }

  /** At least `limit` runs that fit, read now where they have not been. */
  async list(query: RunQuery, limit: number, isOver?: () => boolean): Promise<RunList> {
    await this.scanned();
    return this.announced(() => this.index.list(query, limit, isOver));
  }

  /** The configurations whose runs may fit; nothing is read. */
  async configurations(text: string): Promise<readonly ConfigurationRuns[]> {
    await this.scanned();
    return this.index.configurations(text);
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
    const known = this.index.all().map(({ root }) => root);
    this.index.setFound(files.filter((uri) => uri.scheme === 'file').map((uri) => dirname(uri.fsPath)));
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      if (uri.scheme === 'file') this.folders.add(join(uri.fsPath, '.mora', 'runs'));
    }
    for (const root of this.index.roots()) this.folders.add(dirname(root));
    for (let start = 0; start < known.length; start += READS_AT_ONCE) {
      await Promise.all(known.slice(start, start + READS_AT_ONCE).map((root) => this.read(root)));
    }
    await this.load(this.index.roots().slice(0, FIRST_RUNS));
    this.hasScanned = true;
    this.changed.fire(undefined);
  }

  private load(roots: readonly string[]): Promise<boolean> {
    return this.announced(() => this.index.load(roots));
  }

  /** Whoever asked shows what was read; the others hear that there may be more, and an active run is followed. */
  private async announced<Result>(reading: () => Promise<Result>): Promise<Result> {
    const before = this.index.all().length;
    const result = await reading();
    if (this.owned.isDisposed || this.index.all().length === before) return result;
    this.loaded.fire();
    if (this.active().length > 0) this.poll();
    return result;
  }

  private async readOnce(root: string): Promise<void> {
    const wasKnown = this.index.has(root);
    const { before, after } = await this.index.read(root);
    if (this.owned.isDisposed) return;
    if (after === undefined) {
      if (wasKnown) this.changed.fire(undefined);
      return;
    }
    if (isActive(after.state)) this.poll();
    if (before === undefined) this.changed.fire(undefined);
    else if (before.state !== after.state) {
      this.changed.fire(undefined);
      this.moved.fire({ run: after, from: before.state });
    } else if (!sameReading(before, after)) this.changed.fire(after);
  }

  /** What is made in it before the watcher watches it too, the watcher does not tell. */
  private onFolderMade(folder: string): void {
    const runs = { '.mora': join(folder, 'runs'), runs: folder }[basename(folder)];
    this.folders.add(runs ?? dirname(folder));
    void this.folders.look();
  }

  /** Only the folder that was deleted is named, not the runs in it. */
  private onFolderGone(folder: string): void {
    const roots = this.index.below(folder);
    if (roots.length > 1) this.refresh();
    else for (const root of roots) void this.read(root);
  }

  private poll(): void {
    if (this.timer !== undefined || this.owned.isDisposed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.readActive();
    }, POLL_MS);
  }
}
