import { expect, it } from 'vitest';
import { runLabels } from '../../../src/host/panels/runLabels';
import { formatTime } from '../../../src/language/language';
import { runStatus } from '../../support/runStatus';

const EARLY = '2026-02-03T10:00:00.000Z';
const LATE = '2026-02-03T11:00:00.000Z';

const run = (name: string, startedAt: string, root = `/runs/${name}`) => ({
  ...{ name, root },
  status: runStatus({ startedAt }),
});

it('is its name as long as no other run has it', () => {
  expect(runLabels([run('mora', EARLY), run('lora', EARLY)])).toEqual(['mora', 'lora']);
});

it('says when each began of two runs of one configuration', () => {
  expect(runLabels([run('mora', EARLY), run('lora', EARLY), run('mora', LATE)])).toEqual([
    `mora, ${formatTime(new Date(EARLY))}`,
    'lora',
    `mora, ${formatTime(new Date(LATE))}`,
  ]);
});

it('says the ids of two that began together', () => {
  const roots = ['/runs/20260203-100000-mora', '/runs/20260203-100000-mora-2'];
  expect(runLabels(roots.map((root) => run('mora', EARLY, root)))).toEqual([
    '20260203-100000-mora',
    '20260203-100000-mora-2',
  ]);
});

it('leaves a run without a status its name', () => {
  const unread = { name: 'mora', root: '/runs/other', status: undefined };
  expect(runLabels([run('mora', EARLY), unread])[1]).toBe('mora');
});
