import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { observedState, readStatus } from '../../run/status';
import { systemErrorCode } from '../../config/userError';
import { runPaths } from '../../run/runDirectory';
import type { PreparedRun } from '../../engine/rpc/prepareRun';
import type { Services } from '../services';

/** While the engine starts its status is read more often than a run's: the first sign of life ends the waiting. */
const POLL_MS = 200;

/** Starts the engine in the run directory that `prepare` makes, and shows progress until the first step. */
export async function launch(services: Services, prepare: () => Promise<PreparedRun>): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'MoRA', cancellable: true },
    async (progress, token) => {
      progress.report({ message: vscode.l10n.t('checking the configuration') });
      const [program, { startTraining }] = await Promise.all([
        services.engine.program(),
        import('../../engine/rpc/startTraining'),
      ]);
      const { root } = await prepare();
      // Detached: a run goes on when the window closes.
      const training = await startTraining({ ...program, root });
      services.log.info(`${root}: the engine trains in process ${training.pid}.`);
      await services.runs.read(root);
      void training.exited.then(() => services.runs.read(root));
      if (vscode.workspace.getConfiguration('mora').get<boolean>('openRunWhenTraining', true)) {
        await vscode.commands.executeCommand('mora.openRun', root);
      }
      await untilStarted(root, training.pid, progress, token);
      await services.runs.read(root);
    },
  );
}

/** Ends when the run is past its start, however. Cancelling ends the process: before the first step nothing is lost. */
async function untilStarted(
  root: string,
  pid: number,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<void> {
  for (;;) {
    const status = await readStatus(runPaths(root).status);
    if (status === undefined || observedState(status, hostname()) !== 'starting') return;
    progress.report({ message: status.activity ?? vscode.l10n.t('starting the engine') });
    if (token.isCancellationRequested) {
      endProcess(pid);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It ended by itself in the meantime.
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
