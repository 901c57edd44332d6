import type { AttachedTraining } from '../engine/rpc/attachEngine';

export interface StopSignals {
  /** Whether the user insisted, so that the run ended without a checkpoint. */
  readonly quit: boolean;
  dispose(): void;
}

/**
 * Passes Ctrl+C, SIGTERM and the end of the terminal on to an attached run: the first stops it with a checkpoint, the
 * second ends it at once.
 */
export function stopOnSignals(training: AttachedTraining, notice: (text: string) => void): StopSignals {
  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals > 1) {
      training.quit();
      return;
    }
    notice('mora: stopping; a checkpoint is saved first (Ctrl+C again ends at once)');
    training.stop();
  };
  const onHangUp = (): void => {
    // Nobody reads any more, and a write to a terminal that is gone must not end what saves the checkpoint.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
    onSignal();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onHangUp);
  return {
    get quit() {
      return signals > 1;
    },
    dispose: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangUp),
  };
}
