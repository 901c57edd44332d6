import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { parseHubReference } from '../../../src/config/hubReference';
import type { CachedModel } from '../../../src/engine/hub/cachedModel';
import { downloadModel, type DownloadOptions } from '../../../src/engine/hub/downloadModel';
import { FakeHub } from '../../support/fakeHub';

/** A fake hub and an empty cache for each test, and none of the settings of whoever runs the tests. */
export const hub: { server: FakeHub; home: string } = { server: undefined as unknown as FakeHub, home: '' };

const SETTINGS = [
  ...['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'],
  ...['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'XDG_CACHE_HOME', 'HTTPS_PROXY', 'https_proxy'],
];

export function useFakeHub(): void {
  beforeEach(async () => {
    hub.home = await mkdtemp(path.join(tmpdir(), 'mora-hub-'));
    hub.server = await FakeHub.start();
    for (const name of SETTINGS) vi.stubEnv(name, undefined);
    vi.stubEnv('HF_HOME', hub.home);
    vi.stubEnv('HF_ENDPOINT', hub.server.endpoint);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await hub.server.close();
    await rm(hub.home, { recursive: true, force: true });
  });
}

/** The folder of a model in the cache. */
export function repository(id: string): string {
  return path.join(hub.home, 'hub', `models--${id.replace('/', '--')}`);
}

/** Tries as often as usual, without the pauses. */
export const HASTY = { tries: 4, pauseMs: 1, silenceMs: 2000 };

export function download(model: string, options: Partial<DownloadOptions> = {}): Promise<CachedModel> {
  return downloadModel(parseHubReference(model)!, {
    part: 'everything',
    signal: new AbortController().signal,
    onProgress: () => undefined,
    patience: HASTY,
    ...options,
  });
}

/** Bytes that follow from a seed (a linear congruential generator), so that no two pieces are alike. */
export function bytes(length: number, seed = 1): Uint8Array {
  const values = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[index] = state >>> 24;
  }
  return values;
}

export const weights = bytes(3_000_000);

/** A repository as they are: what we need, and much that we do not. */
export const ordinaryFiles = {
  'config.json': '{"model_type":"llama"}',
  'generation_config.json': '{"eos_token_id":2}',
  'tokenizer.json': '{"version":"1.0"}',
  'tokenizer_config.json': '{"eos_token":"</s>"}',
  'special_tokens_map.json': '{}',
  'chat_template.jinja': '{{ messages }}',
  'model.safetensors': weights,
  'pytorch_model.bin': bytes(1000, 2),
  'training_args.bin': bytes(100, 3),
  'consolidated.safetensors': bytes(1000, 4),
  'modeling_custom.py': 'import os',
  'README.md': '# model',
  '.gitattributes': '',
  'onnx/model.onnx': bytes(100, 5),
};

export const NEEDED = Object.keys(ordinaryFiles).slice(0, 7).sort();
