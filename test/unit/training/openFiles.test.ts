import { readdirSync, readlinkSync, truncateSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunControl } from '../../../src/engine/runControl';
import { trainRun } from '../../../src/engine/training/trainRun';
import { runPaths } from '../../../src/run/runDirectory';
import { readStatus } from '../../../src/run/status';
import { MODEL, prepareShortRun, PROGRAM, wordsFolder } from '../../support/shortRun';

let folder: string;
let model: string;

beforeEach(async () => {
  folder = await wordsFolder('mora-files-');
  model = join(folder, 'model');
  await cp(MODEL, model, { recursive: true });
});

afterEach(() => rm(folder, { recursive: true }));

const weights = (): string => join(model, 'model.safetensors');

/** Files of the folder that this process has open, those without a name too. */
function openFiles(): string[] {
  const files = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return ''; // that of the list itself, which is closed by now
    }
  });
  return files.filter((file) => file.startsWith(folder));
}

/** Learns what is open when the steps begin, and does something then. */
class Watching extends RunControl {
  opened: string[] = [];

  constructor(private readonly begun: (control: RunControl) => void = () => undefined) {
    super();
  }

  override takeSamples(): void {
    this.opened = openFiles();
    this.begun(this);
  }
}

const prepared = (): Promise<string> => prepareShortRun(folder, 'run', { model, compute: { base: 'int8' } });

describe.runIf(process.platform === 'linux')('the file of a model whose embedding is read in every step', () => {
  it.each([
    ['finished', () => undefined],
    ['stopped', (control: RunControl) => control.stop()],
  ])('is open while it trains, and closed when it has %s', async (state, begun) => {
    const root = await prepared();
    const control = new Watching(begun);
    await trainRun(root, control, PROGRAM);
    expect(control.opened).toContain(weights());
    expect(openFiles()).toEqual([]);
    expect(await readStatus(runPaths(root).status)).toMatchObject({ state });
  });

  it('is closed when it becomes too short', async () => {
    const control = new Watching(() => truncateSync(weights(), 4096));
    await expect(trainRun(await prepared(), control, PROGRAM)).rejects.toThrow(/model\.safetensors: ends at byte/);
    expect(control.opened).toContain(weights());
    expect(openFiles()).toEqual([]);
  });

  it('is closed when it lacks a tensor', async () => {
    const file = join(model, 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8')) as { num_hidden_layers: number };
    await writeFile(file, JSON.stringify({ ...config, num_hidden_layers: config.num_hidden_layers + 1 }));
    await expect(trainRun(await prepared(), new RunControl(), PROGRAM)).rejects.toThrow(/the weights have no tensor/);
    expect(openFiles()).toEqual([]);
  });
});
