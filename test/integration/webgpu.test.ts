import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeDevices, tryDevice } from '../../src/engine/rpc/probeDevices';
import { useSoftwareGpu } from '../support/softwareGpu';
import { engineBundle, events, mora, projectFolder } from './commandLine';

const program = { node: process.execPath, engine: engineBundle };
const { signal } = new AbortController();

let project: Awaited<ReturnType<typeof projectFolder>>;

beforeAll(async () => {
  useSoftwareGpu();
  project = await projectFolder();
});

afterAll(() => project.remove());

async function losses(device: string): Promise<number[]> {
  const run = path.join(project.folder, device);
  const settings = ['--set', `compute.device=${device}`, '--set', 'training.steps=6'];
  const words = ['train', project.file, ...settings, '--run-dir', run, '--json'];
  const { code, stdout, stderr } = await mora(words);
  expect(code, stderr).toBe(0);
  return events(stdout).flatMap(({ kind, loss }) => (kind === 'step' ? [Number(loss)] : []));
}

async function device(run: string): Promise<string> {
  const status = JSON.parse(await readFile(path.join(project.folder, run, 'status.json'), 'utf8')) as {
    device: string;
  };
  return status.device;
}

describe('mora train on a GPU, here one in software', () => {
  it('has the losses of the CPU to 1e-5 at every step', async () => {
    const onCpu = await losses('cpu');
    const onGpu = await losses('webgpu');
    expect(onGpu.length).toBe(6);
    onGpu.forEach((loss, step) => expect(Math.abs(loss - onCpu[step]!), `step ${step + 1}`).toBeLessThan(1e-5));
    expect(await device('webgpu')).toBe('webgpu');
  });

  it('measures both where the device is left open, and takes the faster one', async () => {
    const run = path.join(project.folder, 'auto');
    const { code, stderr } = await mora(['train', project.file, '--run-dir', run]);
    expect(code, stderr).toBe(0);
    const times = await probeDevices(program, path.join(run, 'config.json'), signal);
    if (times.webgpu === null) throw new Error(times.reason);
    // The software's times are a hundred times the CPU's, so another measurement cannot come out otherwise.
    expect(await device('auto')).toBe(times.webgpu < times.cpu ? 'webgpu' : 'cpu');
    expect(await readFile(path.join(run, 'log.txt'), 'utf8')).toMatch(/device: a token takes .* on webgpu, .* on cpu/);
  });
});

describe('without a graphics card', () => {
  const noCard = { ...process.env, VK_ICD_FILENAMES: path.join(import.meta.dirname, 'no such driver.json') };

  it.runIf(process.platform === 'linux')('says so, and how to mend it', async () => {
    expect(await tryDevice(program, 'webgpu', signal)).toBeNull();
    expect(await tryDevice({ ...program, env: noCard }, 'webgpu', signal)).toMatch(
      /WebGPU finds no graphics card here \(.+\); set "compute.device" to "cpu", or install the driver/,
    );
  });

  it('a probe that crashes costs the GPU only', async () => {
    const crashing = { ...program, engine: path.join(import.meta.dirname, 'no such program.js') };
    expect(await tryDevice(crashing, 'webgpu', signal)).toMatch(/^It cannot be used \(.+\)\.$/);
  });
});
