import * as vscode from 'vscode';
import { isActive } from '../../run/status';
import { Disposables } from '../disposables';
import { formatLoss } from './runText';
import type { Run } from '../../run/run';
import type { RunStore, Transition } from './runStore';

/**
 * Says when a run that this window watched ends, fails, or loses its loss to NaN: the moments at which one who looks
 * elsewhere has something to decide. Each message carries the next step as a button.
 */
export class RunNotices implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly warned = new Set<string>();

  constructor(store: RunStore) {
    this.owned.add(store.onDidTransition((transition) => this.onTransition(transition)));
    this.owned.add(store.onDidChange((run) => run !== undefined && this.onFigures(run)));
  }

  dispose(): void {
    this.owned.dispose();
  }

  private onTransition({ run, from }: Transition): void {
    if (!isActive(from) || isActive(run.state)) return;
    const { level, message, actions } = endNotice(run);
    offer(level, run, message, actions);
  }

  private onFigures(run: Run): void {
    const finite = run.status.loss !== null || run.status.step === 0;
    if (run.state !== 'running' || finite || this.warned.has(run.root)) return;
    this.warned.add(run.root);
    offer(
      'warning',
      run,
      `${run.name}: the loss is not finite at step ${run.status.step}. A lower learning rate usually mends it.`,
      [PANEL, STOP],
    );
  }
}

interface Action {
  readonly title: string;
  readonly command: string;
}

interface Notice {
  readonly level: 'information' | 'warning' | 'error';
  readonly message: string;
  readonly actions: readonly Action[];
}

const RANK: Action = { title: 'Open Rank View', command: 'mora.openRank' };
const PANEL: Action = { title: 'Open Run', command: 'mora.openRun' };
const LOG: Action = { title: 'Open Log', command: 'mora.openLog' };
const RESUME: Action = { title: 'Resume', command: 'mora.resumeFromCheckpoint' };
const STOP: Action = { title: 'Stop and Save', command: 'mora.stopRun' };

/** What is said of a run that has just ended. */
function endNotice(run: Run): Notice {
  const { name, status } = run;
  switch (run.state) {
    case 'stopped':
      return information(`${name} stopped at step ${status.step} and saved a checkpoint.`, [RANK, RESUME]);
    case 'failed': {
      const message = `${name} failed: ${status.error ?? 'the engine gave no reason'}`;
      return { level: 'error', message, actions: [LOG, ...resumeOf(run)] };
    }
    case 'interrupted': {
      const message = `${name} was interrupted at step ${status.step}: its process is gone.`;
      return { level: 'warning', message, actions: [...resumeOf(run), LOG] };
    }
    default: {
      const validation = status.validationLoss === null ? '' : `, validation ${formatLoss(status.validationLoss)}`;
      const figures = `${status.step} steps, loss ${formatLoss(status.loss)}${validation}`;
      return information(`${name} finished: ${figures}.`, [RANK, PANEL]);
    }
  }
}

function information(message: string, actions: readonly Action[]): Notice {
  return { level: 'information', message, actions };
}

function resumeOf(run: Run): readonly Action[] {
  return run.checkpoints.length > 0 ? [RESUME] : [];
}

function offer(level: Notice['level'], run: Run, message: string, actions: readonly Action[]): void {
  const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
  const show = { information: showInformationMessage, warning: showWarningMessage, error: showErrorMessage }[level];
  void show(message, ...actions.map((action) => action.title)).then((title) => {
    const chosen = actions.find((action) => action.title === title);
    if (chosen !== undefined) void vscode.commands.executeCommand(chosen.command, run.root);
  });
}
