import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { placeBlob } from '../../../src/engine/hub/snapshotFile';
import { COMMIT } from '../../support/fakeHub';
import { download, hub, NEEDED, ordinaryFiles, repository, useFakeHub } from './hubFixture';

/** Windows without developer mode. */
vi.mock(import('node:fs/promises'), async (original) => ({
  ...(await original()),
  symlink: () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' })),
}));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mora-snapshot-'));
  await writeFile(path.join(folder, 'blob'), 'content');
});

afterEach(() => rm(folder, { recursive: true }));

describe('where links are not allowed', () => {
  it('a new blob moves into the snapshot, so that the disk holds it once', async () => {
    await placeBlob(path.join(folder, 'blob'), path.join(folder, 'snapshot', 'file'), true);
    expect(await readFile(path.join(folder, 'snapshot', 'file'), 'utf8')).toBe('content');
    expect(await readdir(folder)).toEqual(['snapshot']);
  });

  it('a blob that another snapshot may use is copied', async () => {
    await placeBlob(path.join(folder, 'blob'), path.join(folder, 'snapshot', 'file'), false);
    expect(await readFile(path.join(folder, 'snapshot', 'file'), 'utf8')).toBe('content');
    expect((await readdir(folder)).sort()).toEqual(['blob', 'snapshot']);
  });
});

describe('a download where links are not allowed', () => {
  useFakeHub();

  it('has files in the snapshot, and finds them again', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const first = await download('org/name');
    for (const name of NEEDED) expect((await lstat(path.join(first.folder, name))).isFile(), name).toBe(true);
    expect(await readdir(path.join(repository('org/name'), 'blobs'))).toEqual([]);
    hub.server.seen.length = 0;
    expect(await download(`org/name@${COMMIT}`)).toEqual(first);
    expect(hub.server.seen).toEqual([]);
  });
});
