import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolders } from '../../../../src/host/runs/runFolders';

describe('folders of runs', () => {
  let home: string;
  let runs: string;
  let told: string[];
  let now: number;
  let folders: RunFolders;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'run-folders-'));
    runs = join(home, '.mora', 'runs');
    told = [];
    now = Date.now();
    folders = new RunFolders(
      (root) => told.push(basename(root)),
      () => now,
    );
    folders.add(runs);
  });
  afterEach(() => rm(home, { recursive: true }));

  it('a run in a folder that did not exist is told at the next look', async () => {
    await folders.look();
    expect(told).toEqual([]);
    await mkdir(join(runs, 'first'), { recursive: true });
    await writeFile(join(runs, 'note.txt'), '');
    await folders.look();
    expect(told).toEqual(['first']);
  });

  it('a folder that just changed is told again, because its runs may not have had a status yet', async () => {
    await mkdir(join(runs, 'first'), { recursive: true });
    await folders.look();
    await folders.look();
    expect(told).toEqual(['first', 'first']);
    now += 60_000;
    await folders.look();
    await folders.look();
    expect(told).toEqual(['first', 'first', 'first']);
  });

  it('a folder that changed after it was told is told anew', async () => {
    await mkdir(join(runs, 'first'), { recursive: true });
    await utimes(runs, 1, 1);
    await folders.look();
    await folders.look();
    expect(told).toEqual(['first']);
    await mkdir(join(runs, 'second'));
    await utimes(runs, 2, 2);
    await folders.look();
    expect(told.toSorted()).toEqual(['first', 'first', 'second']);
  });

  it('a folder that went and came back is told anew', async () => {
    await mkdir(join(runs, 'first'), { recursive: true });
    await utimes(runs, 1, 1);
    await folders.look();
    await rm(runs, { recursive: true });
    await folders.look();
    await mkdir(join(runs, 'first'), { recursive: true });
    await utimes(runs, 1, 1);
    await folders.look();
    expect(told).toEqual(['first', 'first']);
  });
});
