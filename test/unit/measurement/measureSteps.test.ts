import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureSteps } from '../../../src/engine/measurement/measureSteps';
import type { MeasureProgress } from '../../../src/engine/rpc/measurement';

const model = join(__dirname, '../../fixtures/oracle/llama');
const program = { node: process.execPath, engine: 'the device is named, so nothing asks it' };
const never = new AbortController().signal;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-measured-'));
  file = join(folder, 'a.mora.json');
  const line = (index: number): string =>
    JSON.stringify({ input_ids: Array.from({ length: 12 }, (_, t) => (5 * index + 3 * t) % 90) });
  await writeFile(join(folder, 'train.jsonl'), Array.from({ length: 40 }, (_, index) => `${line(index)}\n`).join(''));
});

afterAll(() => rm(folder, { recursive: true }));

function asking(training: object, change: object = {}) {
  const data = { train: 'train.jsonl', validation: 0, maxLength: 32 };
  const compute = { device: 'cpu' };
  return { configuration: { model, data, adapter: { rank: 2 }, training, compute, ...change }, file };
}

const quiet = (): void => undefined;

describe('measured steps', () => {
  it('are of the batches and the number of steps that the run would have', async () => {
    const found = await measureSteps(asking({ steps: 70, batchSize: 4 }), program, quiet, never);
    expect(found).toMatchObject({ steps: 5, totalSteps: 70, device: 'cpu' });
    // Four examples of twelve tokens, and padding is not counted.
    expect(found.tokens).toBe(48);
    expect(found.fastest).toBeGreaterThan(0);
    expect(found.seconds).toBeGreaterThanOrEqual(found.fastest);
    expect(found.slowest).toBeGreaterThanOrEqual(found.seconds);
    expect(found.peakBytes).toBeGreaterThan(20e6);
  });

  it('are as many for a run of a single step', async () => {
    expect(await measureSteps(asking({ steps: 1, batchSize: 40 }), program, quiet, never)).toMatchObject({
      steps: 5,
      totalSteps: 1,
    });
  });

  it('leave nothing behind, neither beside the document nor among temporary files', async () => {
    const before = { here: await readdir(folder), temporary: await measuredFolders() };
    await measureSteps(asking({ steps: 9 }), program, quiet, never);
    expect({ here: await readdir(folder), temporary: await measuredFolders() }).toEqual(before);
  });

  it('tell how far they are, and end with the reason when they are cancelled', async () => {
    const abort = new AbortController();
    const heard: MeasureProgress[] = [];
    const onProgress = (progress: MeasureProgress): void => {
      heard.push(progress);
      if (progress.activity.startsWith('training step 2')) abort.abort(new Error('enough'));
    };
    await expect(measureSteps(asking({ steps: 9 }), program, onProgress, abort.signal)).rejects.toThrow('enough');
    expect(heard.some(({ activity }) => activity === 'reading the data')).toBe(true);
    expect(heard.some(({ activity }) => activity.startsWith('training step 4'))).toBe(false);
    expect(await measuredFolders()).toEqual([]);
  });

  it('refuse what a run would refuse, in the same sentence', async () => {
    const missing = asking({ steps: 9 }, { data: { train: 'none.jsonl', validation: 0 } });
    await expect(measureSteps(missing, program, quiet, never)).rejects.toThrow(/none\.jsonl/);
  });
});

async function measuredFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('mora-measure-'));
}
