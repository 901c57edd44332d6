import * as l10n from '@vscode/l10n';
import { isActive, type ObservedState } from '../../run/status';

export const GROUPS = ['running', 'finished', 'failed'] as const;
/** What the tree tells apart at first sight. */
export type Group = (typeof GROUPS)[number];

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  running: l10n.t('Running'),
  finished: l10n.t('Finished'),
  failed: l10n.t('Failed or interrupted'),
};

export function groupOf(state: ObservedState): Group {
  if (isActive(state)) return 'running';
  return state === 'failed' || state === 'interrupted' ? 'failed' : 'finished';
}
