import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMIT, FakeHub } from '../support/fakeHub';
import { mora, projectFolder, repository, startMora, tinyConfiguration, tinyModel } from './commandLine';

const WEIGHTS = 'model.safetensors';
const PINNED = `org/tiny@${COMMIT}`;

let hub: FakeHub;
let home: string;
let project: Awaited<ReturnType<typeof projectFolder>>;

beforeEach(async () => {
  hub = await FakeHub.start();
  home = await mkdtemp(path.join(tmpdir(), 'mora-hf-'));
  project = await projectFolder();
  await writeFile(project.file, JSON.stringify({ ...tinyConfiguration, model: 'org/tiny' }));
  const settings = {
    HF_HOME: home,
    HF_ENDPOINT: hub.endpoint,
    HF_TOKEN: '',
    HF_HUB_OFFLINE: '',
    NO_PROXY: '127.0.0.1',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  for (const name of ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_TOKEN_PATH', 'TRANSFORMERS_OFFLINE']) {
    vi.stubEnv(name, undefined);
  }
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await project.remove();
  await rm(home, { recursive: true, force: true });
});

/** The tiny model of the tests as the hub has it. */
function offerTiny(): void {
  const files = ['config.json', 'generation_config.json', WEIGHTS];
  hub.add('org/tiny', {
    files: Object.fromEntries(files.map((name) => [name, readFileSync(path.join(tinyModel, name))])),
  });
}

const snapshot = (): string => path.join(home, 'hub', 'models--org--tiny', 'snapshots', COMMIT);

async function json(...parts: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path.join(...parts), 'utf8')) as Record<string, unknown>;
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await sleep(20);
  }
}

describe('mora download', () => {
  it('prints the folder, alone on stdout, and the second time downloads nothing', async () => {
    offerTiny();
    expect(await mora(['download', 'org/tiny'])).toMatchObject({ code: 0, stdout: `${snapshot()}\n` });
    hub.seen.length = 0;
    expect(await mora(['download', 'org/tiny', '--revision', COMMIT])).toMatchObject({
      code: 0,
      stdout: `${snapshot()}\n`,
    });
    expect(hub.seen).toEqual([]);
  });

  it('goes on from the byte where a killed one was', async () => {
    offerTiny();
    hub.pace = { bytes: 10_000, ms: 100 };
    const killed = startMora(['download', 'org/tiny']);
    const blobs = path.join(home, 'hub', 'models--org--tiny', 'blobs');
    const partial = async (): Promise<string | undefined> =>
      (await readdir(blobs).catch(() => [])).find((name) => name.endsWith('.incomplete'));
    await until(() => hub.contentRequests(WEIGHTS).length > 0);
    await sleep(400);
    killed.child.kill('SIGKILL');
    await killed.outcome;
    await sleep(1500); // its engine ends when the command has
    const { length } = await readFile(path.join(blobs, (await partial()) ?? 'none'));
    expect(length).toBeGreaterThan(0);
    hub.pace = undefined;
    expect((await mora(['download', 'org/tiny'])).code).toBe(0);
    expect(hub.contentRequests(WEIGHTS).at(-1)!.range).toBe(`bytes=${length}-`);
    expect(await readFile(path.join(snapshot(), WEIGHTS))).toEqual(await readFile(path.join(tinyModel, WEIGHTS)));
  });

  it('by two processes at once is done once', async () => {
    offerTiny();
    hub.pace = { bytes: 20_000, ms: 100 };
    const both = await Promise.all([mora(['download', 'org/tiny']), mora(['download', 'org/tiny'])]);
    expect(both.map(({ code, stdout }) => [code, stdout])).toEqual([0, 0].map((code) => [code, `${snapshot()}\n`]));
    expect(hub.contentRequests(WEIGHTS)).toHaveLength(1);
  });

  it('says in one line what is wrong', async () => {
    const missing = await mora(['download', 'org/none']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^mora: org\/none: there is no such model at .*\n$/);
    const path = await mora(['download', './models/tiny']);
    expect(path.stderr).toBe(
      'mora: ./models/tiny: is no hub id; write "org/name", or "org/name@revision" for a branch, tag or commit.\n',
    );
  });
});

describe('a configuration with a hub id', () => {
  it('is planned from the cache alone', async () => {
    offerTiny();
    const early = await mora(['plan', project.file]);
    expect(early.code).toBe(1);
    expect(early.stderr).toMatch(/org\/tiny: .*not downloaded yet; run `mora download org\/tiny`\.\n$/);
    expect(hub.seen).toEqual([]);
    await mora(['download', 'org/tiny']);
    hub.seen.length = 0;
    const { code, stdout } = await mora(['plan', project.file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ model: { folder: snapshot(), layers: 2 } });
    expect((await mora(['inspect', 'org/tiny', '--json'])).code).toBe(0);
    expect(hub.seen).toEqual([]);
  });

  it('is trained: downloaded, pinned to its commit, named in the adapter, and resumed on the same weights', async () => {
    offerTiny();
    const root = path.join(project.folder, 'run');
    expect(await mora(['train', project.file, '--run-dir', root])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^data +/) as string,
    });
    expect(await json(root, 'config.json')).toMatchObject({ model: PINNED });
    const adapter = await json(root, 'checkpoints', 'step-0000003', 'adapter_config.json');
    expect(adapter).toMatchObject({ base_model_name_or_path: 'org/tiny', revision: COMMIT });
    // The branch moves on, and the network goes away.
    await writeFile(path.join(home, 'hub', 'models--org--tiny', 'refs', 'main'), 'f00d'.padEnd(40, '1'));
    await hub.close();
    const resumed = await mora(['train', '--resume', root, '--set', 'training.steps=5']);
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringMatching(/^data +/) as string });
    expect(existsSync(path.join(root, 'checkpoints', 'step-0000005'))).toBe(true);
  });

  it('fails before anything is written when its model does not exist, or its targets do not fit the model', async () => {
    const root = path.join(project.folder, 'run');
    const missing = await mora(['train', project.file, '--run-dir', root]);
    expect(missing.stderr).toMatch(/^mora: .*org\/tiny: there is no such model at .*\n$/);
    offerTiny();
    const wrong = await mora(['train', project.file, '--run-dir', root, '--set', 'adapter.layers=9']);
    expect(wrong.stderr).toMatch(/adapter\.layers/);
    expect(existsSync(root)).toBe(false);
    expect(hub.contentRequests(WEIGHTS)).toEqual([]);
  });

  it('says how far its download is, stops in the middle of it, and goes on from there', async () => {
    offerTiny();
    const root = path.join(project.folder, 'run');
    hub.pace = { bytes: 5000, ms: 200 };
    const stopped = startMora(['train', project.file, '--run-dir', root]);
    const activity = (): unknown => {
      const file = path.join(root, 'status.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { activity: unknown }).activity : null;
    };
    await until(() => /^downloading model\.safetensors, \d+ %$/.test(String(activity())));
    stopped.child.kill('SIGINT');
    expect(await stopped.outcome).toMatchObject({ code: 130 });
    expect(await json(root, 'status.json')).toMatchObject({ state: 'stopped', activity: null, step: 0 });
    hub.pace = undefined;
    expect((await mora(['train', '--resume', root])).code).toBe(0);
    expect(hub.contentRequests(WEIGHTS).at(-1)!.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(await json(root, 'status.json')).toMatchObject({ state: 'finished', step: 3 });
  });
});

it('mora generate takes the id of a downloaded model', async () => {
  const folder = path.join(repository, 'media/model/tiny-llama-3m');
  const files = Object.fromEntries(
    (await readdir(folder)).map((name) => [name, readFileSync(path.join(folder, name))]),
  );
  hub.add('org/llama', { files });
  const words = ['--prompt', 'Four score', '--max-tokens', '4'];
  expect((await mora(['generate', 'org/llama', ...words])).stderr).toMatch(/run `mora download org\/llama`/);
  await mora(['download', 'org/llama']);
  const { code, stdout } = await mora(['generate', 'org/llama', ...words]);
  expect([code, stdout]).toEqual([0, (await mora(['generate', folder, ...words])).stdout]);
});
