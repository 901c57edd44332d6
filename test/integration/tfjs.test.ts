import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryDevice } from '../../src/engine/rpc/probeDevices';
import { engineBundle, events, mora, projectFolder, repository } from './commandLine';

let project: Awaited<ReturnType<typeof projectFolder>>;

beforeAll(async () => {
  project = await projectFolder();
});

afterAll(() => project.remove());

/** The losses of four steps of the embedded model. */
async function losses(device: string): Promise<number[]> {
  const file = path.join(repository, 'examples/pronounce-mora.mora.json');
  const values = {
    'compute.device': device,
    'training.steps': 4,
    'training.batchSize': 4,
    'training.evaluateEvery': 0,
  };
  const settings = Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const run = path.join(project.folder, device);
  const { code, stdout, stderr } = await mora(['train', file, ...settings, '--run-dir', run, '--json']);
  expect(code, stderr).toBe(0);
  const status = JSON.parse(await readFile(path.join(run, 'status.json'), 'utf8')) as { device: string };
  expect(status.device).toBe(device);
  return events(stdout).flatMap(({ kind, loss }) => (kind === 'step' ? [Number(loss)] : []));
}

describe('mora train on TensorFlow.js', () => {
  it('has the losses of ONNX Runtime to 1e-5 at every step', async () => {
    const onCpu = await losses('cpu');
    const onWasm = await losses('tfjs-wasm');
    expect(onWasm.length).toBe(4);
    onWasm.forEach((loss, step) => expect(Math.abs(loss - onCpu[step]!), `step ${step + 1}`).toBeLessThan(1e-5));
  });

  it('refuses an int8 base in one sentence', async () => {
    const settings = ['--set', 'compute.device=tfjs-cpu', '--set', 'compute.base=int8'];
    const { code, stderr } = await mora([
      'train',
      project.file,
      ...settings,
      '--run-dir',
      path.join(project.folder, 'x'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('"compute.base" int8 is for the CPU; set it to "float32" for "compute.device" tfjs-cpu');
  });
});

describe('a device', () => {
  const program = { node: process.execPath, engine: engineBundle };
  const { signal } = new AbortController();

  it('computes where its package is installed, and says what is missing where it is not', async () => {
    expect(await tryDevice(program, 'tfjs-wasm', signal)).toBeNull();
    expect(await tryDevice(program, 'tfjs-node-gpu', signal)).toMatch(
      /^"compute.device" tfjs-node-gpu needs @tensorflow\/tfjs-node-gpu, which is not installed in .+npm install --global @tensorflow\/tfjs-node-gpu@4\.22\.0/,
    );
  });
});
