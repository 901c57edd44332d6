import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logTail } from '../../../src/doctor/logTail';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mora-log-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the end of a log', () => {
  it('is its last lines, whole, without empty ones, of a log of any length', async () => {
    const file = path.join(folder, 'log');
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} é`);
    await writeFile(file, `${lines.join('\r\n')}\r\n\r\n`);
    expect(await logTail(file, 3)).toEqual(lines.slice(-3));
    const most = await logTail(file, 1e9);
    expect(most.length).toBeGreaterThan(1000);
    expect(most).toEqual(lines.slice(-most.length));
    await writeFile(file, 'only one');
    expect(await logTail(file, 3)).toEqual(['only one']);
  });

  it('is nothing where there is no log', async () => {
    expect(await logTail(path.join(folder, 'absent'), 3)).toEqual([]);
    expect(await logTail(folder, 3)).toEqual([]);
  });
});
