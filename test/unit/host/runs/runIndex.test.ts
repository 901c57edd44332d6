import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunIndex } from '../../../../src/host/runs/runIndex';
import { readRun } from '../../../../src/run/run';
import type { RunStatus } from '../../../../src/run/status';
import { runStatus } from '../../../support/runStatus';

const COUNT = 1000;

let workspace: string;
const roots: string[] = [];
let reads: string[];
let index: RunIndex;

/** 1,000 runs, a minute apart: of three configurations in turn, every tenth failed, the very first still running. */
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'mora-runs-'));
  for (let number = 0; number < COUNT; number++) {
    const startedAt = new Date(Date.UTC(2026, 0, 1) + 60_000 * number).toISOString();
    const stamp = startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
    const name = ['pronounce', 'uuid', 'long-name'][number % 3]!;
    const root = join(workspace, 'project', '.mora', 'runs', `${stamp}-${name}`);
    const state: RunStatus['state'] = number === 0 ? 'running' : number % 10 === 1 ? 'failed' : 'finished';
    await mkdir(root, { recursive: true });
    const alive = { pid: process.pid, host: hostname() };
    // Not as the engine writes it: a thousand files would be flushed to the disk one by one.
    await writeFile(join(root, 'status.json'), JSON.stringify(runStatus({ ...alive, state, startedAt })));
    roots.push(root);
  }
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

beforeEach(() => {
  reads = [];
  const reader: typeof readRun = (root, before) => {
    reads.push(root);
    return readRun(root, before);
  };
  index = new RunIndex(reader, (message) => {
    throw new Error(message);
  });
  index.setFound(roots);
});

const EVERY = { text: '', groups: [] } as const;
const newest = (count: number): string[] => roots.slice(-count).reverse();

describe('a thousand runs', () => {
  it('are known, ordered, grouped and filtered by text without reading one', () => {
    expect(index.roots()).toEqual(newest(COUNT));
    const groups = index.configurations('');
    expect(groups.map(({ name, roots: of }) => [name, of.length])).toEqual([
      ['pronounce', 334],
      ['long-name', 333],
      ['uuid', 333],
    ]);
    expect(index.configurations('UUID').map(({ name }) => name)).toEqual(['uuid']);
    expect(index.configurations('project 2027')).toEqual([]);
    expect(index.configurations('nothing')).toEqual([]);
    expect(reads).toEqual([]);
  });

  it('are read from the newest on, no more than are shown, and none twice', async () => {
    const first = await index.list(EVERY, 100);
    expect(first.runs.map(({ root }) => root)).toEqual(newest(100));
    expect(first.rest).toBe(900);
    expect(reads.toSorted()).toEqual(newest(100).toSorted());
    const second = await index.list(EVERY, 200);
    expect(second.runs.map(({ root }) => root)).toEqual(newest(200));
    expect(second.rest).toBe(800);
    expect(reads).toHaveLength(200);
  });

  it('are read only where their configuration and the words of the filter are meant', async () => {
    const [group] = index.configurations('long name');
    expect(group?.name).toBe('long-name');
    const { runs, rest } = await index.list({ ...EVERY, configuration: group!.key }, 10);
    expect(runs.map(({ root }) => root)).toEqual(group!.roots.slice(0, 10));
    expect(rest).toBe(323);
    expect(reads).toHaveLength(10);
  });

  it('are read until there are enough of the states asked for', async () => {
    const failed = roots.filter((_, number) => number % 10 === 1).reverse();
    const { runs, rest } = await index.list({ ...EVERY, groups: ['failed'] }, 20);
    expect(runs.slice(0, 20).map(({ root }) => root)).toEqual(failed.slice(0, 20));
    expect(reads.length).toBeLessThan(COUNT / 2);
    expect(rest).toBe(COUNT - reads.length);
    const all = await index.list({ ...EVERY, groups: ['failed'] }, Infinity);
    expect(all.runs.map(({ root }) => root)).toEqual(failed);
    expect(all.rest).toBe(0);
  });

  it('never leave out one that is known to be active, however old', async () => {
    await index.read(roots[0]!);
    const { runs, rest } = await index.list(EVERY, 100);
    expect(runs.map(({ root }) => root)).toEqual([...newest(100), roots[0]]);
    expect(rest).toBe(899);
    expect(index.active().map(({ root }) => root)).toEqual([roots[0]]);
  });

  it('are no longer read when the filter has changed meanwhile', async () => {
    await index.list(EVERY, Infinity, () => reads.length >= 16);
    expect(reads.length).toBeLessThan(32);
  });

  it('go with their folder, at once where they were not read and by the disk where they were', async () => {
    await index.list(EVERY, 10);
    index.setFound(roots.slice(0, 500));
    expect(index.roots()).toHaveLength(510);
    const gone = join(workspace, 'project', '.mora', 'runs', 'gone');
    index.setFound([...roots, gone]);
    expect(await index.read(gone)).toEqual({ before: undefined, after: undefined });
    expect(index.has(gone)).toBe(false);
    expect(index.below(join(workspace, 'project', '.mora'))).toHaveLength(COUNT);
    expect(index.below(join(workspace, 'proj'))).toEqual([]);
  });
});
