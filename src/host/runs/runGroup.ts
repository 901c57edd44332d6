import { isActive, type ObservedState } from '../../run/status';

export const GROUPS = ['running', 'finished', 'failed'] as const;
/** What the tree tells apart at first sight. */
export type Group = (typeof GROUPS)[number];

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  running: 'Running',
  finished: 'Finished',
  failed: 'Failed or interrupted',
};

export function groupOf(state: ObservedState): Group {
  if (isActive(state)) return 'running';
  return state === 'failed' || state === 'interrupted' ? 'failed' : 'finished';
}
