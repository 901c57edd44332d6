import type { ObservedState, RunStatus } from '../../run/status';

/** How the tree, the status bar and the messages word a run. Pure, so that the wording is tested without an editor. */

const STATE_WORDS: Readonly<Record<ObservedState, string>> = {
  starting: 'starting',
  running: 'running',
  paused: 'paused',
  stopping: 'stopping',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};

export function stateWord(state: ObservedState): string {
  return STATE_WORDS[state];
}

/** "1.372": losses are compared by their third decimal; below 0.01 by their digits. */
export function formatLoss(loss: number | null): string {
  if (loss === null) return 'not finite';
  if (loss !== 0 && Math.abs(loss) < 0.01) return loss.toExponential(1);
  return loss.toFixed(loss < 10 ? 3 : 1);
}

/** "12 s", "3 min", "1 h 20 min", "2 d 4 h": two units at most, because the rest is noise. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Beside the name in the tree: "step 120/200 · loss 1.372 · 12 s left". */
export function describeProgress(status: RunStatus, state: ObservedState): string {
  const loss = status.step > 0 ? `loss ${formatLoss(status.loss)}` : undefined;
  switch (state) {
    case 'starting':
      return status.activity ?? 'starting';
    case 'running':
      return join(status.activity, progressOf(status), loss, leftOf(status));
    case 'paused':
      return join('paused', progressOf(status), loss);
    case 'stopping':
      return join('stopping', progressOf(status), loss);
    case 'finished':
      return join(`${status.step} steps`, loss, validationOf(status));
    case 'stopped':
      return join(`stopped at ${status.step}/${status.totalSteps}`, loss, validationOf(status));
    case 'interrupted':
      return join(`interrupted at ${status.step}/${status.totalSteps}`, loss);
    case 'failed':
      return join(`failed at ${status.step}/${status.totalSteps}`, status.error ?? undefined);
  }
}

/** In the status bar: "MoRA 120/200 · 1.372 · 12 s". */
export function describeInStatusBar(status: RunStatus, state: ObservedState): string {
  if (state === 'starting') return 'MoRA starting';
  const time = state === 'running' && status.secondsLeft !== null ? formatDuration(status.secondsLeft) : undefined;
  const loss = status.step > 0 ? formatLoss(status.loss) : undefined;
  const pausedOrStopping = state === 'running' ? undefined : stateWord(state);
  return `MoRA ${join(`${status.step}/${status.totalSteps}`, loss, pausedOrStopping ?? time)}`;
}

/** For a screen reader: "pronounce, running, step 120 of 200, loss 1.372, 12 s left". */
export function spokenRun(name: string, status: RunStatus, state: ObservedState): string {
  const parts = [name, stateWord(state), `step ${status.step} of ${status.totalSteps}`];
  if (status.step > 0) parts.push(`loss ${formatLoss(status.loss)}`);
  if (state === 'running' && status.secondsLeft !== null) parts.push(`${formatDuration(status.secondsLeft)} left`);
  if (state === 'failed' && status.error !== null) parts.push(status.error);
  return parts.join(', ');
}

function progressOf(status: RunStatus): string {
  return status.totalSteps > 0 ? `step ${status.step}/${status.totalSteps}` : `step ${status.step}`;
}

function validationOf(status: RunStatus): string | undefined {
  return status.validationLoss === null ? undefined : `validation ${formatLoss(status.validationLoss)}`;
}

function leftOf(status: RunStatus): string | undefined {
  return status.secondsLeft === null ? undefined : `${formatDuration(status.secondsLeft)} left`;
}

function join(...parts: ReadonlyArray<string | null | undefined>): string {
  return parts.filter((part) => part !== undefined && part !== null && part !== '').join(' · ');
}
