import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/config/userError';
import type { DownloadProgress } from '../../../src/engine/rpc/download';
import { COMMIT, gitHash, sha256, type Fault } from '../../support/fakeHub';
import { bytes, download, hub, NEEDED, ordinaryFiles, repository, useFakeHub, weights } from './hubFixture';

useFakeHub();

const WEIGHTS = 'model.safetensors';
const partial = (): string => path.join(repository('org/name'), 'blobs', `${sha256(weights)}.mora.incomplete`);

function fail(name: string, ...faults: Fault[]): void {
  hub.server.faults.set(name, faults);
}

/** The UserError of what should fail: one sentence. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = (await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as Error;
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).not.toContain('\n');
  return error.message;
}

describe('a first download', () => {
  it('brings what a model needs and nothing else, in the layout of the Python library', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const { folder, commit } = await download('org/name');
    expect(commit).toBe(COMMIT);
    expect(folder).toBe(path.join(repository('org/name'), 'snapshots', COMMIT));
    expect((await readdir(folder)).sort()).toEqual(NEEDED);
    for (const name of NEEDED) {
      const content = Buffer.from(ordinaryFiles[name as keyof typeof ordinaryFiles]);
      expect(content.equals(await readFile(path.join(folder, name))), name).toBe(true);
      const hash = name === WEIGHTS ? sha256(content) : gitHash(content);
      expect(await readlink(path.join(folder, name))).toBe(`../../blobs/${hash}`);
    }
    expect(await readFile(path.join(repository('org/name'), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(await readdir(path.join(repository('org/name'), 'blobs'))).toHaveLength(NEEDED.length);
    expect(await readdir(path.join(hub.home, 'hub', '.locks', 'models--org--name'))).toEqual([]);
  });

  it('never asks for pickles, programs, other forms of the weights or folders', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    await download('org/name');
    const asked = hub.server.seen.map((request) => path.basename(request.path));
    expect(asked.filter((name) => name in ordinaryFiles && !NEEDED.includes(name))).toEqual([]);
    expect(asked).toContain('model.safetensors');
  });

  it('of a sharded model takes the shards that the index names', async () => {
    const shards = {
      'model-00001-of-00002.safetensors': bytes(5000, 7),
      'model-00002-of-00002.safetensors': bytes(6000, 8),
    };
    const index = JSON.stringify({
      weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
    });
    const { [WEIGHTS]: _, ...others } = ordinaryFiles;
    hub.server.add('org/name', { files: { ...others, ...shards, 'model.safetensors.index.json': index } });
    const { folder } = await download('org/name');
    const expected = [
      ...NEEDED.filter((name) => name !== WEIGHTS),
      ...Object.keys(shards),
      'model.safetensors.index.json',
    ];
    expect((await readdir(folder)).sort()).toEqual(expected.sort());
  });

  it('of the description alone leaves the weights where they are, and gets them when they are wanted', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const { folder } = await download('org/name', { part: 'configuration' });
    expect(await readdir(folder)).not.toContain(WEIGHTS);
    await download('org/name');
    expect(await readdir(folder)).toContain(WEIGHTS);
    expect(hub.server.contentRequests('config.json')).toHaveLength(1);
  });

  it('says how far it is, of each file and of all', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const told: DownloadProgress[] = [];
    await download('org/name', { onProgress: (progress) => told.push(progress) });
    const downloading = told.filter((progress) => progress.kind === 'downloading');
    const total = NEEDED.reduce((sum, name) => sum + ordinaryFiles[name as keyof typeof ordinaryFiles].length, 0);
    expect(downloading.every((progress, index) => index === 0 || progress.done >= downloading[index - 1]!.done)).toBe(
      true,
    );
    expect(downloading.filter(({ file }) => file === WEIGHTS).length).toBeGreaterThan(5);
    expect(downloading.at(-1)).toEqual({
      kind: 'downloading',
      file: WEIGHTS,
      bytes: weights.length,
      size: weights.length,
      done: total,
      total,
    });
  });

  it('of a branch with a slash writes the branch as the Python library does', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    await download('org/name@refs/pr/1');
    expect(await readFile(path.join(repository('org/name'), 'refs', 'refs', 'pr', '1'), 'utf8')).toBe(COMMIT);
  });
});

describe('a second download', () => {
  it('asks for the commit of the branch and for nothing else', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const first = await download('org/name');
    hub.server.seen.length = 0;
    expect(await download('org/name')).toEqual(first);
    expect(hub.server.seen.map((request) => request.path)).toEqual(['/api/models/org/name/revision/main']);
  });

  it('of a commit asks for nothing', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    await download('org/name');
    hub.server.seen.length = 0;
    expect((await download(`org/name@${COMMIT}`)).commit).toBe(COMMIT);
    expect(hub.server.seen).toEqual([]);
  });

  it('remembers which files a model does not have', async () => {
    const { [WEIGHTS]: content, 'config.json': config } = ordinaryFiles;
    hub.server.add('org/name', { files: { [WEIGHTS]: content, 'config.json': config } });
    await download('org/name');
    hub.server.seen.length = 0;
    await download('org/name');
    expect(hub.server.seen).toHaveLength(1);
    const absent = path.join(repository('org/name'), '.no_exist', COMMIT);
    expect(await readdir(absent)).toContain('tokenizer.json');
  });

  it('after a new commit gets what has changed, and keeps the old one', async () => {
    const model = hub.server.add('org/name', { files: ordinaryFiles });
    const first = await download('org/name');
    model.commit = 'beef'.padEnd(40, '1');
    model.files = { ...ordinaryFiles, 'config.json': '{"model_type":"mistral"}' };
    const second = await download('org/name');
    expect(second.commit).toBe(model.commit);
    expect(await readFile(path.join(second.folder, 'config.json'), 'utf8')).toContain('mistral');
    expect(await readFile(path.join(first.folder, 'config.json'), 'utf8')).toContain('llama');
    expect(hub.server.contentRequests(WEIGHTS)).toHaveLength(1);
  });

  it('completes a snapshot of which the Python library brought a part', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const { folder } = await download('org/name');
    await rm(path.join(folder, 'tokenizer.json'));
    await rm(path.join(repository('org/name'), 'blobs', gitHash(Buffer.from(ordinaryFiles['tokenizer.json']))));
    await download('org/name');
    expect(await readFile(path.join(folder, 'tokenizer.json'), 'utf8')).toBe(ordinaryFiles['tokenizer.json']);
    expect(hub.server.contentRequests(WEIGHTS)).toHaveLength(1);
  });

  it('mends a link whose blob was deleted', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const { folder } = await download('org/name');
    await rm(path.join(repository('org/name'), 'blobs', sha256(weights)));
    await download('org/name');
    expect((await stat(path.join(folder, WEIGHTS))).size).toBe(weights.length);
  });
});

describe('a connection that breaks', () => {
  it('goes on from the byte where it was, in the same download', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    fail(WEIGHTS, { kind: 'cut', after: 1_000_000 });
    let here = 0;
    const onProgress = (progress: DownloadProgress): void => {
      if (progress.kind !== 'downloading' || hub.server.contentRequests(WEIGHTS).length !== 1) return;
      here = progress.bytes;
    };
    const { folder } = await download('org/name', { onProgress });
    // What had arrived when the connection broke and was not read yet is lost with it.
    expect(here).toBeGreaterThan(500_000);
    expect(hub.server.contentRequests(WEIGHTS).map(({ range }) => range)).toEqual([undefined, `bytes=${here}-`]);
    expect(Buffer.from(weights).equals(await readFile(path.join(folder, WEIGHTS)))).toBe(true);
  });

  it('goes on from the byte where it was, in the next download', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    const broken: Fault = { kind: 'status', status: 503 };
    fail(WEIGHTS, { kind: 'cut', after: 1_000_000 }, broken, broken, broken);
    const message = await refusal(download('org/name'));
    const { size } = await stat(partial());
    expect(size).toBeGreaterThan(500_000);
    expect(message).toMatch(
      `org/name: model.safetensors stopped at byte ${size} of 3000000, where the next attempt goes on: http`,
    );
    expect(message).toMatch(/ answers 503; check the network, or set HF_ENDPOINT to a mirror\.$/);
    hub.server.seen.length = 0;
    const { folder } = await download('org/name');
    expect(hub.server.contentRequests(WEIGHTS).map(({ range }) => range)).toEqual([`bytes=${size}-`]);
    expect(Buffer.from(weights).equals(await readFile(path.join(folder, WEIGHTS)))).toBe(true);
    expect(existsSync(partial())).toBe(false);
  });

  it('begins anew where the server does not do ranges', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    fail(WEIGHTS, { kind: 'cut', after: 1_000_000 }, { kind: 'whole' });
    const { folder } = await download('org/name');
    expect(Buffer.from(weights).equals(await readFile(path.join(folder, WEIGHTS)))).toBe(true);
  });

  it('is taken for broken when nothing comes for long', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    fail(WEIGHTS, { kind: 'silence', after: 700_000 });
    const patience = { tries: 4, pauseMs: 1, silenceMs: 1500 };
    await download('org/name', { patience });
    expect(hub.server.contentRequests(WEIGHTS).map(({ range }) => range)).toEqual([undefined, 'bytes=700000-']);
  });

  it('is tried again after a server in trouble and after a signature that has run out', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    fail('config.json', { kind: 'status', status: 503 });
    fail(WEIGHTS, { kind: 'status', status: 403 });
    await expect(download('org/name')).resolves.toMatchObject({ commit: COMMIT });
  });

  it('starts over when what an earlier download left is damaged', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    await download('org/name', { part: 'configuration' });
    await writeFile(partial(), bytes(2_000_000, 99));
    const { folder } = await download('org/name');
    expect(hub.server.contentRequests(WEIGHTS).map(({ range }) => range)).toEqual(['bytes=2000000-', undefined]);
    expect(Buffer.from(weights).equals(await readFile(path.join(folder, WEIGHTS)))).toBe(true);
  });
});

describe('content that is not what the hub lists', () => {
  it.each([WEIGHTS, 'config.json'])('is refused and deleted: %s', async (name) => {
    hub.server.add('org/name', { files: ordinaryFiles });
    fail(name, { kind: 'corrupt' });
    expect(await refusal(download('org/name'))).toMatch(/came with other content than the hub lists.*was deleted/);
    const left = await readdir(path.join(repository('org/name'), 'blobs'));
    expect(left.filter((file) => file.includes('incomplete'))).toEqual([]);
    expect(existsSync(path.join(repository('org/name'), 'snapshots', COMMIT, name))).toBe(false);
    expect(existsSync(path.join(repository('org/name'), 'refs', 'main'))).toBe(false);
  });

  it('is not read further than the listed size', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    fail(WEIGHTS, { kind: 'longer' });
    expect(await refusal(download('org/name'))).toMatch(/comes with another size than the 3000000 bytes/);
  });
});

describe('stopping', () => {
  it('ends at once with the reason of the signal, and keeps what has come', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    hub.server.pace = { bytes: 50_000, ms: 20 };
    const controller = new AbortController();
    const stopped = download('org/name', {
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.kind === 'downloading' && progress.file === WEIGHTS && progress.bytes > 400_000)
          controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const { size } = await stat(partial());
    expect(size).toBeGreaterThan(400_000);
    expect(size).toBeLessThan(weights.length);
    hub.server.pace = undefined;
    await download('org/name');
    expect(hub.server.contentRequests(WEIGHTS).at(-1)!.range).toBe(`bytes=${size}-`);
  });
});

describe('two downloads of the same model', () => {
  it('share the work: one downloads, the other waits and finds it', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    hub.server.pace = { bytes: 1_000_000, ms: 50 };
    const waited = vi.fn();
    const onProgress = (progress: DownloadProgress): void => {
      if (progress.kind === 'waiting') waited();
    };
    const both = await Promise.all([download('org/name', { onProgress }), download('org/name', { onProgress })]);
    expect(both[0]).toEqual(both[1]);
    expect(waited).toHaveBeenCalledTimes(1);
    expect(hub.server.contentRequests(WEIGHTS)).toHaveLength(1);
    expect((await lstat(path.join(both[0].folder, WEIGHTS))).isSymbolicLink()).toBe(true);
  });
});

describe('a token', () => {
  it('goes to the endpoint and to no other server', async () => {
    vi.stubEnv('HF_TOKEN', ' hf_secret\n');
    hub.server.add('org/name', { files: ordinaryFiles, gatedFor: 'hf_secret' });
    await download('org/name');
    const sent = (server: string): unknown[] =>
      hub.server.seen.filter((request) => request.server === server).map(({ authorization }) => authorization);
    expect(new Set(sent('hub'))).toEqual(new Set(['Bearer hf_secret']));
    expect(sent('files').length).toBeGreaterThan(0);
    expect(new Set(sent('files'))).toEqual(new Set([undefined]));
  });

  it('may be of any form, and comes from the file that `hf auth login` writes', async () => {
    await writeFile(path.join(hub.home, 'token'), 'of-a-mirror\n');
    hub.server.add('org/name', { files: ordinaryFiles, privateTo: 'of-a-mirror' });
    await expect(download('org/name')).resolves.toMatchObject({ commit: COMMIT });
  });

  it('comes from the file that HF_TOKEN_PATH names', async () => {
    const file = path.join(hub.home, 'elsewhere');
    await writeFile(file, 'hf_other');
    vi.stubEnv('HF_TOKEN_PATH', file);
    hub.server.add('org/name', { files: ordinaryFiles, privateTo: 'hf_other' });
    await expect(download('org/name')).resolves.toMatchObject({ commit: COMMIT });
  });

  it('that would break a header is refused', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_a\r\nx-evil: 1');
    expect(await refusal(download('org/name'))).toMatch(/^HF_TOKEN: is no token of the hub/);
  });
});

describe('what the user can mend is one sentence', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'no such model',
      () => undefined,
      /^org\/name: there is no such model at http\S+ for us to read \(401\), nor a folder of that name here; correct the name, or set HF_TOKEN if it is private\.$/,
    ],
    [
      'no such model for this token',
      () => vi.stubEnv('HF_TOKEN', 'hf_a'),
      /^org\/name: there is no such model at http\S+ for us to read \(404\).*or use a token that may read it\.$/,
    ],
    [
      'a gated model, without a token',
      () => hub.server.add('org/name', { files: ordinaryFiles, gatedFor: 'hf_b' }),
      /^org\/name: is gated; accept its terms at http\S+\/org\/name and set HF_TOKEN to a token of the account that did\.$/,
    ],
    [
      'a gated model, with the token of somebody else',
      () => (vi.stubEnv('HF_TOKEN', 'hf_a'), hub.server.add('org/name', { files: ordinaryFiles, gatedFor: 'hf_b' })),
      /^org\/name: is gated; .* and use a token \(HF_TOKEN\) of the account that did\.$/,
    ],
    [
      'weights that are pickled',
      () => hub.server.add('org/name', { files: { 'config.json': '{}', 'pytorch_model.bin': weights } }),
      /^org\/name: has only pickled PyTorch weights/,
    ],
    [
      'an adapter',
      () => hub.server.add('org/name', { files: { 'config.json': '{}', 'adapter_config.json': '{}' } }),
      /^org\/name: is an adapter, not a model/,
    ],
    [
      'no model at all',
      () => hub.server.add('org/name', { files: { 'README.md': '' } }),
      /^org\/name: has no config\.json/,
    ],
    [
      'the page of a hotel',
      () => (hub.server.page = '<html>log in'),
      /does not answer as a hub does; check HF_ENDPOINT/,
    ],
    ['an endpoint that is none', () => vi.stubEnv('HF_ENDPOINT', 'hub'), /^HF_ENDPOINT: "hub" is no address/],
    [
      'no network',
      () => hub.server.close(),
      /^org\/name: http:\/\/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\); check the network, or set HF_ENDPOINT/,
    ],
    [
      'a network that is forbidden',
      () => vi.stubEnv('HF_HUB_OFFLINE', '1'),
      /^org\/name: .* HF_HUB_OFFLINE forbids to ask the hub; unset it\.$/,
    ],
  ])('%s', async (_, prepare, message) => {
    await prepare();
    expect(await refusal(download('org/name'))).toMatch(message);
    expect(existsSync(path.join(repository('org/name'), 'refs'))).toBe(false);
  });

  it('a revision that does not exist', async () => {
    hub.server.add('org/name', { files: ordinaryFiles });
    expect(await refusal(download('org/name@v9'))).toMatch(
      /^org\/name@v9: the model has no revision "v9"; name a branch/,
    );
  });
});

describe('a hub that means ill', () => {
  it('cannot name a shard outside the snapshot', async () => {
    const { [WEIGHTS]: _, ...others } = ordinaryFiles;
    const index = JSON.stringify({ weight_map: { a: '../../../../evil.safetensors' } });
    hub.server.add('org/name', {
      files: { ...others, 'model.safetensors.index.json': index, '../../../../evil.safetensors': weights },
    });
    expect(await refusal(download('org/name'))).toMatch(/is not the name of a \.safetensors file beside the index/);
    expect(hub.server.seen.some((request) => request.path.includes('evil'))).toBe(false);
  });

  it('cannot send for the list of files to another server', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    hub.server.add('org/name', { files: ordinaryFiles });
    hub.server.nextPage = 'http://127.0.0.1:9/more';
    expect(await refusal(download('org/name'))).toMatch(/sends us to http:\/\/127\.0\.0\.1:9 for its list of files/);
  });

  it('cannot list a description of gigabytes', async () => {
    const model = hub.server.add('org/name', { files: ordinaryFiles });
    model.files = { ...ordinaryFiles, 'tokenizer.json': Object.assign(new Uint8Array(200_000_001)) };
    expect(await refusal(download('org/name'))).toMatch(
      /its tokenizer\.json has 200000001 bytes, more than any such file/,
    );
  });
});
