import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import { describeInStatusBar, describeProgress, spokenRun } from './runText';
import type { RunStore } from './runStore';

/** One item while a run is active: "MoRA 120/200 · 1.372 · 12 s", which opens the run panel. */
export class RunStatusBar implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly item = this.owned.add(
    vscode.window.createStatusBarItem('mora.run', vscode.StatusBarAlignment.Left, 10),
  );

  constructor(private readonly store: RunStore) {
    this.item.name = vscode.l10n.t('MoRA Run');
    this.owned.add(store.onDidChange(() => this.show()));
    this.owned.add(store.onDidLoad(() => this.show()));
    this.show();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private show(): void {
    const active = this.store.active();
    const [newest] = active;
    if (newest === undefined) {
      this.item.hide();
      return;
    }
    const icon = newest.state === 'paused' ? 'debug-pause' : newest.state === 'running' ? 'pulse' : 'loading~spin';
    const more = active.length > 1 ? ` (+${active.length - 1})` : '';
    this.item.text = `$(${icon}) ${describeInStatusBar(newest.status, newest.state)}${more}`;
    this.item.tooltip = active.map((run) => `${run.name}: ${describeProgress(run.status, run.state)}`).join('\n');
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('MoRA run {0}', spokenRun(newest.name, newest.status, newest.state)),
      role: 'button',
    };
    this.item.command = { command: 'mora.openRun', title: vscode.l10n.t('Open Run'), arguments: [newest.root] };
    this.item.show();
  }
}
