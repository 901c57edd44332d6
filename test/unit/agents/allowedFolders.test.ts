import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AllowedFolders } from '../../../src/agents/allowedFolders';
import { UserError } from '../../../src/config/userError';

let base: string;
let root: string;
let folders: AllowedFolders;

beforeEach(async () => {
  base = await realpath(await mkdtemp(path.join(tmpdir(), 'mora-allowed-')));
  root = path.join(base, 'root');
  await mkdir(path.join(root, 'inner'), { recursive: true });
  await mkdir(path.join(base, 'root-beside'));
  await writeFile(path.join(root, 'inner', 'file.txt'), '');
  await writeFile(path.join(base, 'secret.txt'), '');
  await writeFile(path.join(base, 'root-beside', 'file.txt'), '');
  folders = await AllowedFolders.of([root]);
});

afterEach(() => rm(base, { recursive: true, force: true }));

describe('what agents may reach', () => {
  it('is found by relative and absolute path', async () => {
    const file = path.join(root, 'inner', 'file.txt');
    expect(await folders.find('inner/file.txt')).toBe(file);
    expect(await folders.find(file)).toBe(file);
    expect(await folders.find('.')).toBe(root);
    expect(await folders.find('inner/../inner/file.txt')).toBe(file);
  });

  it.each(['../secret.txt', 'inner/../../secret.txt', '../root-beside/file.txt', '..', '/', '../nothing-there'])(
    'is not %s',
    async (given) => {
      await expect(folders.find(given)).rejects.toThrow(/lies outside of what agents may reach/);
    },
  );

  it('is nothing that a link leads out to, and says no other whether the target is there or not', async () => {
    await symlink(path.join(base, 'secret.txt'), path.join(root, 'link.txt'));
    await symlink(base, path.join(root, 'up'));
    await expect(folders.find('link.txt')).rejects.toThrow(/lies outside/);
    await expect(folders.find('up/secret.txt')).rejects.toThrow(/lies outside/);
    await expect(folders.require(path.join(root, 'link.txt'), '"model"')).rejects.toThrow(/^"model" names .*outside/);
    const there = await folders.find('../secret.txt').catch((error: unknown) => String(error));
    const absent = await folders.find('../absent.txt').catch((error: unknown) => String(error));
    expect(absent).toBe(there.replace('secret', 'absent'));
  });

  it('may be the target of a link when that lies within, also where the root itself is one', async () => {
    await symlink(path.join(root, 'inner'), path.join(root, 'other'));
    expect(await folders.find('other/file.txt')).toBe(path.join(root, 'other', 'file.txt'));
    const link = path.join(base, 'linked-root');
    await symlink(root, link);
    const linked = await AllowedFolders.of([link]);
    expect(await linked.find('inner/file.txt')).toBe(path.join(link, 'inner', 'file.txt'));
    expect(await linked.find(path.join(root, 'inner', 'file.txt'))).toBe(path.join(root, 'inner', 'file.txt'));
  });

  it('includes folders to read, but relative paths do not begin there', async () => {
    const both = await AllowedFolders.of([root], [path.join(base, 'root-beside')]);
    const file = path.join(base, 'root-beside', 'file.txt');
    expect(await both.find(file)).toBe(file);
    await expect(both.find('file.txt')).rejects.toThrow(/there is no such file or folder/);
  });

  it('is nothing at all without a folder', async () => {
    const none = await AllowedFolders.of([]);
    await expect(none.find('/')).rejects.toBeInstanceOf(UserError);
  });
});
