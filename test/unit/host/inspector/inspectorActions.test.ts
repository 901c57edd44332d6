import { expect, test } from 'vitest';
import type { AdaptedModule } from '../../../../src/engine/rpc/contents';
import { inspectorActions } from '../../../../src/host/inspector/inspectorActions';

const modules: readonly AdaptedModule[] = [{ group: 'layers.0.q_proj', method: 'mora', rHat: 8 }];
const here = { isOnDisk: true, isTrusted: true };

test('of an adapter its rank is shown, it is exported and talked to; of a model folder it is talked to', () => {
  const all = { rank: true, exports: true, talk: true };
  expect(inspectorActions('/a/adapter_model.safetensors', { modules }, here)).toEqual(all);
  expect(inspectorActions('/a/adapter_config.json', { modules }, here)).toEqual(all);
  for (const name of ['model.safetensors', 'model.safetensors.index.json', 'model-00001-of-00003.safetensors']) {
    expect(inspectorActions(`/a/${name}`, { modules: [] }, here)).toEqual({ rank: false, exports: false, talk: true });
  }
  for (const name of ['optimizer.safetensors', 'my-model.safetensors', 'model-00002-of-00003.safetensors']) {
    expect(inspectorActions(`/a/${name}`, { modules: [] }, here).talk).toBe(false);
  }
});

test('without trust one looks, and away from a disk one only lists', () => {
  const untrusted = { isOnDisk: true, isTrusted: false };
  const looks = { rank: true, exports: false, talk: false };
  expect(inspectorActions('/a/adapter_model.safetensors', { modules }, untrusted)).toEqual(looks);
  expect(inspectorActions('/a/model.safetensors', { modules: [] }, untrusted).talk).toBe(false);
  const none = { rank: false, exports: false, talk: false };
  expect(inspectorActions('/a/adapter_model.safetensors', { modules }, { ...here, isOnDisk: false })).toEqual(none);
});
