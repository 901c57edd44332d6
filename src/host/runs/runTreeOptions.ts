import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import { GROUP_TITLES, GROUPS, type Group } from './runGroup';

const GROUPING_KEY = 'mora.runs.groupedByConfiguration';

/** How the view of runs is looked at: what it is narrowed to, and by what it groups. Menus see both as context keys. */
export class RunTreeOptions implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<void>());
  private filterText = '';
  private filterGroups: readonly Group[] = [];
  private grouped: boolean;

  readonly onDidChange = this.changed.event;

  constructor(private readonly memory: vscode.Memento) {
    this.grouped = memory.get<unknown>(GROUPING_KEY) === true;
    this.tell();
  }

  get text(): string {
    return this.filterText;
  }

  set text(text: string) {
    if (text.trim() === this.filterText) return;
    this.filterText = text.trim();
    this.tell();
  }

  /** The groups shown; empty for all. */
  get groups(): readonly Group[] {
    return this.filterGroups;
  }

  set groups(groups: readonly Group[]) {
    this.filterGroups = groups.length === GROUPS.length ? [] : groups;
    this.tell();
  }

  get isByConfiguration(): boolean {
    return this.grouped;
  }

  set isByConfiguration(isByConfiguration: boolean) {
    this.grouped = isByConfiguration;
    void this.memory.update(GROUPING_KEY, isByConfiguration);
    this.tell();
  }

  get isFiltered(): boolean {
    return this.filterText !== '' || this.filterGroups.length > 0;
  }

  /** What the view is narrowed to, in words; undefined when it shows everything. */
  get description(): string | undefined {
    if (!this.isFiltered) return undefined;
    const text = this.filterText === '' ? [] : [`“${this.filterText}”`];
    const groups = this.filterGroups.map((group) => GROUP_TITLES[group]).join(', ');
    return [...text, ...(groups === '' ? [] : [groups])].join(' · ');
  }

  clear(): void {
    this.filterText = '';
    this.filterGroups = [];
    this.tell();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', 'mora.runsFiltered', this.isFiltered);
    void vscode.commands.executeCommand('setContext', 'mora.runsByConfiguration', this.grouped);
    this.changed.fire();
  }
}
