import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseHubReference } from '../../../src/config/hubReference';
import { baseModelOf, modelName } from '../../../src/config/modelFolder';
import { requireConfiguration } from '../../../src/config/parse';
import { resolvePaths } from '../../../src/config/resolvePaths';
import type { ModelReference } from '../../../src/config/schema';

const commit = 'c0ffee'.padEnd(40, '0');

describe('a hub id', () => {
  it.each([
    ['org/name', 'org/name', undefined],
    ['HuggingFaceTB/SmolLM2-135M', 'HuggingFaceTB/SmolLM2-135M', undefined],
    ['_org/na.me_', '_org/na.me_', undefined],
    [`org/name@${commit}`, 'org/name', commit],
    ['org/name@v1.0', 'org/name', 'v1.0'],
    ['org/name@refs/pr/1', 'org/name', 'refs/pr/1'],
  ])('is %s', (text, id, revision) => {
    expect(parseHubReference(text)).toEqual({ id, revision });
  });

  it.each([
    ...[
      'name',
      './org/name',
      '../name',
      '/org/name',
      'C:/name',
      'C:\\org\\name',
      'org\\name',
      'a/b/c',
      'org/',
      '/name',
      '',
    ],
    ...['org/na me', 'org/name\n', 'org/.name', 'org/name.', '-org/name', 'org/na--me', 'org/na..me', 'örg/name'],
    ...[`org/${'n'.repeat(97)}`, 'org/name@', 'org/name@../x', 'org/name@a/../b', 'org/name@/a', 'org/name@a b'],
    ...['org/name@a//b', 'org/name@.hidden', 'org/name@a/.b', 'org/name@C:', `org/name@${'a'.repeat(256)}`],
    ...['models/model.safetensors', 'data/train.jsonl', '~/model'],
  ])('is not %j', (text) => {
    expect(parseHubReference(text)).toBeUndefined();
  });
});

describe('a model in a configuration', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mora-reference-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const resolved = (model: ModelReference): ModelReference =>
    resolvePaths(requireConfiguration(JSON.stringify({ model, data: { train: 'a' } }), 'x'), folder).model;

  it('is a hub id where no such path exists, and stays as it is written', () => {
    expect(resolved('org/name@v1')).toBe('org/name@v1');
    expect(resolved({ config: 'org/name' })).toEqual({ config: 'org/name' });
  });

  it('is a path where one exists, or where it cannot be an id', async () => {
    await mkdir(path.join(folder, 'org', 'name'), { recursive: true });
    expect(resolved('org/name')).toBe(path.join(folder, 'org', 'name'));
    expect(resolved({ config: 'org/name' })).toEqual({ config: path.join(folder, 'org', 'name') });
    expect(resolved('./other/name')).toBe(path.join(folder, 'other', 'name'));
    expect(resolved('name')).toBe(path.join(folder, 'name'));
  });

  it('is called by its id or the name of its folder', () => {
    expect(modelName(`org/name@${commit}`)).toBe('org/name');
    expect(modelName('/models/tiny/')).toBe('tiny');
    expect(modelName({ config: 'C:\\models\\tiny' })).toBe('tiny');
  });

  it('is named in adapters by the id that others know, and the commit', () => {
    expect(baseModelOf(`org/name@${commit}`)).toEqual({ baseModel: 'org/name', baseRevision: commit });
    expect(baseModelOf('/models/tiny')).toEqual({ baseModel: '/models/tiny', baseRevision: null });
  });
});
