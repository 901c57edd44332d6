import path from 'node:path';
import { expect, it } from 'vitest';
import { cachedRepository } from '../../../src/engine/hub/cacheFolder';
import { modelFolderName } from '../../../src/engine/hub/modelFolderName';

it('a snapshot in the cache is called by the id of its model, any other folder by its own name', () => {
  for (const id of ['org/name', 'HuggingFaceTB/SmolLM2-135M', 'a/b.c_d']) {
    expect(modelFolderName(path.join(cachedRepository(id).snapshots, 'c0ffee'.padEnd(40, '0')))).toBe(id);
  }
  expect(modelFolderName('/models/tiny')).toBe('tiny');
  expect(modelFolderName('/models--a--b/snapshots/main')).toBe('main');
});
