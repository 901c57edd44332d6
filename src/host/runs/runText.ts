import * as l10n from '@vscode/l10n';
import { counted } from '../../language/counted';
import { formatNumber, withDecimalMark } from '../../language/language';
import type { ObservedState, RunStatus } from '../../run/status';

/** How the tree, the status bar and the messages word a run. Pure, so that the wording is tested without an editor. */

const STATE_WORDS: Readonly<Record<ObservedState, string>> = {
  starting: l10n.t('starting'),
  running: l10n.t('running'),
  paused: l10n.t('paused'),
  stopping: l10n.t('stopping'),
  finished: l10n.t('finished'),
  stopped: l10n.t('stopped'),
  failed: l10n.t('failed'),
  interrupted: l10n.t('interrupted'),
};

export function stateWord(state: ObservedState): string {
  return STATE_WORDS[state];
}

/** "1.372": losses are compared by their third decimal; below 0.01 by their digits. */
export function formatLoss(loss: number | null): string {
  if (loss === null) return l10n.t('not finite');
  if (loss !== 0 && Math.abs(loss) < 0.01) return withDecimalMark(loss.toExponential(1));
  return withDecimalMark(loss.toFixed(loss < 10 ? 3 : 1));
}

/** "12 s", "3 min", "1 h 20 min", "2 d 4 h": two units at most, because the rest is noise. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return l10n.t('{0} s', whole);
  const minutes = Math.round(whole / 60);
  if (minutes < 100) return l10n.t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? l10n.t('{0} h', hours) : l10n.t('{0} h {1} min', hours, minutes % 60);
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? l10n.t('{0} d', days) : l10n.t('{0} d {1} h', days, hours % 24);
}

/** Beside the name in the tree: "step 120/200 · loss 1.372 · 12 s left". */
export function describeProgress(status: RunStatus, state: ObservedState): string {
  const loss = status.step > 0 ? l10n.t('loss {0}', formatLoss(status.loss)) : undefined;
  const place = placeOf(status);
  switch (state) {
    case 'starting':
      return status.activity ?? stateWord(state);
    case 'running':
      return join(status.activity, progressOf(status), loss, leftOf(status));
    case 'paused':
      return join(stateWord(state), progressOf(status), loss);
    case 'stopping':
      return join(stateWord(state), progressOf(status), loss);
    case 'finished':
      return join(counted(status.step, l10n.t('{0} step'), l10n.t('{0} steps')), loss, validationOf(status));
    case 'stopped':
      return join(l10n.t('stopped at {0}/{1}', ...place), loss, validationOf(status));
    case 'interrupted':
      return join(l10n.t('interrupted at {0}/{1}', ...place), loss);
    case 'failed':
      return join(l10n.t('failed at {0}/{1}', ...place), status.error ?? undefined);
  }
}

/** In the status bar: "MoRA 120/200 · 1.372 · 12 s". */
export function describeInStatusBar(status: RunStatus, state: ObservedState): string {
  if (state === 'starting') return l10n.t('MoRA starting');
  const time = state === 'running' && status.secondsLeft !== null ? formatDuration(status.secondsLeft) : undefined;
  const loss = status.step > 0 ? formatLoss(status.loss) : undefined;
  const pausedOrStopping = state === 'running' ? undefined : stateWord(state);
  return `MoRA ${join(placeOf(status).join('/'), loss, pausedOrStopping ?? time)}`;
}

/** For a screen reader: "pronounce, running, step 120 of 200, loss 1.372, 12 s left". */
export function spokenRun(name: string, status: RunStatus, state: ObservedState): string {
  const parts = [name, stateWord(state), l10n.t('step {0} of {1}', ...placeOf(status))];
  if (status.step > 0) parts.push(l10n.t('loss {0}', formatLoss(status.loss)));
  if (state === 'running') parts.push(...[leftOf(status) ?? []].flat());
  if (state === 'failed' && status.error !== null) parts.push(status.error);
  return parts.join(', ');
}

function progressOf(status: RunStatus): string {
  const [step, total] = placeOf(status);
  return status.totalSteps > 0 ? l10n.t('step {0}/{1}', step, total) : l10n.t('step {0}', step);
}

/** Step and steps of the run, in groups of digits as its panel writes them. */
function placeOf(status: RunStatus): readonly [string, string] {
  return [formatNumber(status.step), formatNumber(status.totalSteps)];
}

function validationOf(status: RunStatus): string | undefined {
  return status.validationLoss === null ? undefined : l10n.t('validation {0}', formatLoss(status.validationLoss));
}

function leftOf(status: RunStatus): string | undefined {
  return status.secondsLeft === null ? undefined : l10n.t('{0} left', formatDuration(status.secondsLeft));
}

function join(...parts: ReadonlyArray<string | null | undefined>): string {
  return parts.filter((part) => part !== undefined && part !== null && part !== '').join(' · ');
}
