import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listCached } from '../../../src/engine/hub/listCached';
import { hub, repository, useFakeHub } from './hubFixture';

useFakeHub();
const signal = new AbortController().signal;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A model as the Python library leaves it. */
async function cache(id: string, files: readonly string[]): Promise<void> {
  const snapshot = path.join(repository(id), 'snapshots', COMMIT);
  await mkdir(snapshot, { recursive: true });
  await mkdir(path.join(repository(id), 'refs'), { recursive: true });
  await writeFile(path.join(repository(id), 'refs', 'main'), COMMIT);
  for (const file of files) await writeFile(path.join(snapshot, file), '{}');
}

describe('the models of the cache', () => {
  it('are those that are whole, by id and in order; nobody is asked', async () => {
    const whole = ['config.json', 'tokenizer.json', 'model.safetensors'];
    await cache('org/second', whole);
    await cache('an-org/first.1', whole);
    await cache('org/without-weights', ['config.json', 'tokenizer.json']);
    await mkdir(path.join(hub.home, 'hub', 'datasets--org--data'));
    await mkdir(path.join(hub.home, 'hub', 'models--no-organisation'));
    await hub.server.close();
    expect(await listCached(signal)).toEqual(['an-org/first.1', 'org/second']);
  });

  it('are none where there is no cache', async () => {
    await rm(hub.home, { recursive: true, force: true });
    expect(await listCached(signal)).toEqual([]);
  });
});
