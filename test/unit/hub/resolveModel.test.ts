import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { cachedRepository } from '../../../src/engine/hub/cacheFolder';
import { cachedModelFolder, modelFolder, pinModel } from '../../../src/engine/hub/resolveModel';
import { COMMIT } from '../../support/fakeHub';
import { HASTY, hub, ordinaryFiles, repository, useFakeHub } from './hubFixture';

useFakeHub();

const pinning = { signal: new AbortController().signal, onProgress: () => undefined, patience: HASTY };

/** What the Python library leaves in the cache: blobs, a link to each, and the branch. */
async function cachedByPython(files: readonly string[]): Promise<string> {
  const folder = path.join(repository('org/name'), 'snapshots', COMMIT);
  await mkdir(folder, { recursive: true });
  await mkdir(path.join(repository('org/name'), 'blobs'), { recursive: true });
  await mkdir(path.join(repository('org/name'), 'refs'), { recursive: true });
  for (const name of files) {
    await writeFile(
      path.join(repository('org/name'), 'blobs', `of-${name}`),
      name.endsWith('.index.json') ? INDEX : '{}',
    );
    await symlink(`../../blobs/of-${name}`, path.join(folder, name));
  }
  await writeFile(path.join(repository('org/name'), 'refs', 'main'), COMMIT);
  return folder;
}

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const INDEX = JSON.stringify({ weight_map: { a: SHARDS[0], b: SHARDS[1] } });

describe('the folder of a model', () => {
  beforeEach(() => {
    // Nothing here may ask the hub.
    vi.stubEnv('HF_ENDPOINT', 'http://hub.invalid');
  });

  it('is the path itself, whatever it looks like', async () => {
    expect(await modelFolder('/org/name')).toBe('/org/name');
    expect(await modelFolder({ config: '/org/name' })).toBe('/org/name');
    expect(await cachedModelFolder('/org/name', 'everything')).toBeUndefined();
  });

  it('is the snapshot that the Python library has downloaded, by branch and by commit', async () => {
    const folder = await cachedByPython(['config.json', 'tokenizer.json', 'model.safetensors']);
    expect(await modelFolder('org/name')).toBe(folder);
    expect(await modelFolder(`org/name@${COMMIT}`)).toBe(folder);
    await expect(modelFolder('org/name@v1')).rejects.toThrow(/run `mora download org\/name@v1`/);
  });

  it('is where HF_HUB_CACHE says', async () => {
    const folder = await cachedByPython(['config.json', 'tokenizer.json', 'model.safetensors']);
    vi.stubEnv('HF_HUB_CACHE', path.join(hub.home, 'hub'));
    vi.stubEnv('HF_HOME', '/nowhere');
    expect(await modelFolder('org/name')).toBe(folder);
  });

  it.each<[string, string[]]>([
    ['nothing', []],
    ['no weights', ['config.json', 'tokenizer.json']],
    ['no tokenizer, though there may be one', ['config.json', 'model.safetensors']],
    ['one shard of two', ['config.json', 'tokenizer.json', 'model.safetensors.index.json', SHARDS[0]!]],
  ])('is asked for in one sentence when the cache has %s', async (_, files) => {
    if (files.length > 0) await cachedByPython(files);
    const failure = (await modelFolder('org/name').catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.message).toBe(
      "org/name: there is no folder of that name here, and the hub's model is not downloaded yet; run `mora download org/name`.",
    );
  });

  it('needs both shards', async () => {
    const files = ['config.json', 'tokenizer.json', 'model.safetensors.index.json', ...SHARDS];
    const folder = await cachedByPython(files);
    expect(await modelFolder('org/name')).toBe(folder);
    await rm(path.join(repository('org/name'), 'blobs', `of-${SHARDS[1]!}`)); // leaves a link to nothing
    await expect(modelFolder('org/name')).rejects.toBeInstanceOf(UserError);
  });

  it('needs no weights where none are read', async () => {
    const folder = await cachedByPython(['config.json', 'tokenizer.json']);
    expect(await modelFolder({ config: 'org/name' })).toBe(folder);
    expect(await modelFolder('org/name', 'configuration')).toBe(folder);
  });

  it('is not where a branch file leads that holds no commit', async () => {
    await cachedByPython(['config.json', 'tokenizer.json', 'model.safetensors']);
    await writeFile(path.join(repository('org/name'), 'refs', 'main'), '../../../elsewhere');
    await expect(modelFolder('org/name')).rejects.toBeInstanceOf(UserError);
  });
});

describe('pinning', () => {
  it('leaves a path as it is', async () => {
    expect(await pinModel('/some/folder', pinning)).toBe('/some/folder');
    expect(hub.server.seen).toEqual([]);
  });

  it('downloads what is not there and names the commit', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    expect(await pinModel('org/name@v1', pinning)).toBe(`org/name@${COMMIT}`);
    expect(await modelFolder(`org/name@${COMMIT}`)).toBe(path.join(repository('org/name'), 'snapshots', COMMIT));
  });

  it('takes what is there without asking for news, so that a run trains what its plan showed', async () => {
    await cachedByPython(['config.json', 'tokenizer.json', 'model.safetensors']);
    hub.server.add('org/name', { files: ordinaryFiles, commit: 'f00d'.padEnd(40, '2') });
    expect(await pinModel('org/name', pinning)).toBe(`org/name@${COMMIT}`);
    expect(await pinModel({ config: 'org/name' }, pinning)).toEqual({ config: `org/name@${COMMIT}` });
    expect(hub.server.seen).toEqual([]);
  });

  it('of random weights downloads no weights', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    expect(await pinModel({ config: 'org/name' }, pinning)).toEqual({ config: `org/name@${COMMIT}` });
    expect(hub.server.contentRequests('model.safetensors')).toEqual([]);
  });
});

describe('the cache', () => {
  it('is found as the Python library finds it', () => {
    const folder = (): string => path.dirname(path.dirname(cachedRepository('org/name').blobs));
    vi.stubEnv('HF_HOME', undefined);
    expect(folder()).toBe(path.join(homedir(), '.cache/huggingface/hub'));
    vi.stubEnv('XDG_CACHE_HOME', '/xdg');
    expect(folder()).toBe('/xdg/huggingface/hub');
    vi.stubEnv('PLACE', 'disk');
    vi.stubEnv('HF_HOME', '~/${PLACE}/$PLACE');
    expect(folder()).toBe(path.join(homedir(), 'disk/disk/hub'));
    vi.stubEnv('HUGGINGFACE_HUB_CACHE', '/older');
    expect(folder()).toBe('/older');
    vi.stubEnv('HF_HUB_CACHE', '/newer');
    expect(folder()).toBe('/newer');
  });
});
