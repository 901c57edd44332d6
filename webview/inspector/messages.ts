import type { InspectorActions, InspectorViewEnd, StatisticsProgress } from '../../src/host/protocol/inspector';

export function asProgress(body: unknown): StatisticsProgress {
  const { tensor, done, total } = asObject(body);
  if (typeof tensor !== 'string' || typeof done !== 'number' || typeof total !== 'number')
    throw new Error('the progress is incomplete');
  return { tensor, done, total };
}

export function asFileState(body: unknown): InspectorViewEnd['events']['file'] {
  if (body !== 'changed' && body !== 'gone' && body !== 'back') throw new Error('the state of the file is unknown');
  return body;
}

export function asActions(body: unknown): InspectorActions {
  const { rank, exports, talk } = asObject(body);
  return { rank: rank === true, exports: exports === true, talk: talk === true };
}

function asObject(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) throw new Error('the message is no object');
  return body as Record<string, unknown>;
}
