import * as vscode from 'vscode';
import { counted } from '../../language/counted';
import { formatNumber } from '../../language/language';
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
      vscode.l10n.t(
        '{0}: the loss is not finite at step {1}. A lower learning rate usually mends it.',
        run.name,
        formatNumber(run.status.step),
      ),
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

const RANK: Action = { title: vscode.l10n.t('Open Rank View'), command: 'mora.openRank' };
const PANEL: Action = { title: vscode.l10n.t('Open Run'), command: 'mora.openRun' };
const LOG: Action = { title: vscode.l10n.t('Open Log'), command: 'mora.openLog' };
const RESUME: Action = { title: vscode.l10n.t('Resume'), command: 'mora.resumeFromCheckpoint' };
const STOP: Action = { title: vscode.l10n.t('Stop and Save'), command: 'mora.stopRun' };

/** What is said of a run that has just ended. */
function endNotice(run: Run): Notice {
  const { name, status } = run;
  const { l10n } = vscode;
  switch (run.state) {
    case 'stopped':
      return information(l10n.t('{0} stopped at step {1} and saved a checkpoint.', name, formatNumber(status.step)), [
        RANK,
        RESUME,
      ]);
    case 'failed': {
      const message = l10n.t('{0} failed: {1}', name, status.error ?? l10n.t('the engine gave no reason'));
      return { level: 'error', message, actions: [LOG, ...resumeOf(run)] };
    }
    case 'interrupted': {
      const message = l10n.t('{0} was interrupted at step {1}: its process is gone.', name, formatNumber(status.step));
      return { level: 'warning', message, actions: [...resumeOf(run), LOG] };
    }
    default: {
      const [one, other] =
        status.validationLoss === null
          ? [l10n.t('{1} finished: {0} step, loss {2}.'), l10n.t('{1} finished: {0} steps, loss {2}.')]
          : [
              l10n.t('{1} finished: {0} step, loss {2}, validation {3}.'),
              l10n.t('{1} finished: {0} steps, loss {2}, validation {3}.'),
            ];
      const losses = [formatLoss(status.loss), formatLoss(status.validationLoss)];
      return information(counted(status.step, one, other, name, ...losses), [RANK, PANEL]);
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
