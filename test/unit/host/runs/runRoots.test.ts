import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { byConfiguration, matchesText, newestFirst } from '../../../../src/host/runs/runRoots';
import { selectedRoots } from '../../../../src/host/runs/selectedRoots';

const run = (folder: string, id: string): string => join('/work', folder, '.mora', 'runs', id);

describe('the places of runs', () => {
  it('order by the time in the id, over folders, those without a time last', () => {
    const early = run('b', '20260131-142501-zebra');
    const late = run('a', '20260201-000000-apple');
    expect(newestFirst([run('a', 'by-hand'), early, late])).toEqual([late, early, run('a', 'by-hand')]);
  });

  it('tell configurations apart by name and folder, and keep those that began in one second together', () => {
    const ids = ['20260131-142501-sweep', '20260131-142501-sweep-2', '20260131-142502-sweep-2', 'by-hand'];
    const groups = byConfiguration([...ids.map((id) => run('a', id)), run('b', ids[0]!)]);
    expect(groups.map(({ name, folder, roots }) => [name, folder, roots.length])).toEqual([
      ['sweep', join('/work', 'a'), 2],
      ['sweep-2', join('/work', 'a'), 1],
      ['by-hand', join('/work', 'a'), 1],
      ['sweep', join('/work', 'b'), 1],
    ]);
    expect(new Set(groups.map(({ key }) => key)).size).toBe(4);
  });

  it('match words of the id and of the folder, also those that an id cannot hold, and no folder above', () => {
    const root = run('Voices', '20260131-142501-my-config-v2');
    for (const text of ['config', 'VOICES 20260131', 'my config', 'my&config', '']) {
      expect([text, matchesText(root, text)]).toEqual([text, true]);
    }
    for (const text of ['work', 'runs', 'config v3']) expect([text, matchesText(root, text)]).toEqual([text, false]);
  });
});

describe('a command of the tree', () => {
  const row = (root: string) => ({ kind: 'run', root });

  it('means all selected runs where it was called on one of them, else that one', () => {
    const rows = [row('/a'), { kind: 'group', group: 'failed' }, row('/b')];
    expect(selectedRoots(rows[0], rows)).toEqual(['/a', '/b']);
    expect(selectedRoots(row('/c'), rows)).toEqual(['/c']);
    expect(selectedRoots(rows[0], undefined)).toEqual(['/a']);
    expect(selectedRoots('/a', undefined)).toEqual([]);
    expect(selectedRoots({ kind: 'checkpoint', root: '/a' }, undefined)).toEqual([]);
  });
});
