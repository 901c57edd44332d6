import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareResume } from '../../../src/engine/rpc/prepareResume';
import { prepareRun } from '../../../src/engine/rpc/prepareRun';
import { readStatus, writeStatus, type RunStatus } from '../../../src/run/status';

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'resume-'));
  await mkdir(path.join(folder, 'model'));
  await writeFile(path.join(folder, 'model', 'config.json'), '{}');
  await writeFile(path.join(folder, 'train.jsonl'), '');
  const text = JSON.stringify({ model: 'model', data: { train: 'train.jsonl' }, training: { steps: 3 } });
  ({ root } = await prepareRun({ configurationFile: path.join(folder, 'a.mora.json'), text }));
});

afterEach(() => rm(folder, { recursive: true }));

async function setStatus(change: Partial<RunStatus>): Promise<void> {
  const file = path.join(root, 'status.json');
  await writeStatus(file, { ...(await readStatus(file))!, ...change });
}

/** The number of a process that is gone. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

describe('prepareResume', () => {
  it('readies a run whose process was killed, and what it trains can be prolonged', async () => {
    await setStatus({ state: 'running', pid: await deadPid(), step: 2, error: 'old' });
    const { configuration } = await prepareResume(root, { overrides: { 'training.steps': 9 } });
    expect(configuration.training.steps).toBe(9);
    expect(JSON.parse(await readFile(path.join(root, 'config.json'), 'utf8'))).toMatchObject({
      training: { steps: 9 },
    });
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'starting', step: 2, error: null });
  });

  it('refuses a run of a newer version, whatever else it says, and leaves it as it was', async () => {
    const file = path.join(root, 'status.json');
    const newer = JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), version: 2, state: 'resting' });
    await writeFile(file, newer);
    await writeFile(path.join(root, 'config.json'), '{"model": "model", "newField": 1}');
    await expect(prepareResume(root)).rejects.toThrow(
      `${root}: a newer MoRA Studio wrote this run (status.json of version 2; this one reads 1); resume it with that one.`,
    );
    expect(await readFile(file, 'utf8')).toBe(newer);
  });

  it('refuses a run that is still worked on, and leaves it as it was', async () => {
    await setStatus({ state: 'running', pid: process.pid });
    await expect(prepareResume(root, { patienceMs: 0 })).rejects.toThrow(/still active in process \d+; stop it/);
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'running' });
  });

  it('waits for a process that is about to end', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 500)']);
    await setStatus({ state: 'running', pid: child.pid! });
    await expect(prepareResume(root)).resolves.toMatchObject({ root });
  });

  it('takes a live process whose control socket is dead for another one', async () => {
    await setStatus({ state: 'running', pid: process.pid, socket: path.join(folder, 'gone') });
    await expect(prepareResume(root, { patienceMs: 0 })).resolves.toMatchObject({ root });
  });

  it('refuses a run that is active on another machine', async () => {
    await setStatus({ state: 'running', host: 'elsewhere' });
    await expect(prepareResume(root)).rejects.toThrow(/active on elsewhere/);
  });

  it.each(['model', 'data.train', 'adapter.rank', 'training.seed'])('refuses to change %s', async (field) => {
    await expect(prepareResume(root, { overrides: { [field]: 1 } })).rejects.toThrow(
      /cannot change when a run is resumed/,
    );
  });

  it('says what to give when there is no run', async () => {
    await expect(prepareResume(folder)).rejects.toThrow(/no run here/);
    await expect(prepareResume(path.join(folder, 'train.jsonl'))).rejects.toThrow(/no run here/);
  });
});
