import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { version as runtimeVersion } from 'onnxruntime-node/package.json';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorReport } from '../../src/doctor/doctorReport';
import type { Diagnosis } from '../../src/engine/rpc/diagnosis';
import { repository } from './commandLine';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'mora-home-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function doctor(...words: string[]): Promise<string> {
  const env = { ...process.env, HOME: home, USERPROFILE: home, HF_HOME: path.join(home, 'models') };
  delete (env as NodeJS.ProcessEnv).HF_HUB_CACHE;
  const command = [path.join(repository, 'dist/cli.js'), 'doctor', ...words];
  return (await promisify(execFile)(process.execPath, command, { env })).stdout;
}

describe('mora doctor', () => {
  it('says what this machine is, measures it, and names no home folder', async () => {
    const text = await doctor('--json');
    expect(text).not.toContain(home);
    const report = JSON.parse(text) as DoctorReport;
    const { diagnosis } = report.engine as { diagnosis: Diagnosis };
    expect(diagnosis).toMatchObject({
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      processor: { usableThreads: availableParallelism() },
      memory: { total: totalmem() },
      cache: { folder: path.join('~', 'models', 'hub'), exists: false, models: 0 },
    });
    expect(diagnosis.runtimes[0]).toMatchObject({ name: 'ONNX Runtime, CPU', state: 'used', version: runtimeVersion });
    expect(diagnosis.runtimes.map(({ name }) => name)).toContain('ONNX Runtime, CUDA');
    const { size, repeats, seconds, gigaflops } = diagnosis.product!;
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThan(20);
    expect(gigaflops).toBeCloseTo((2 * size ** 3 * repeats) / seconds / 1e9, 6);
    // From a slow laptop's core to the largest server.
    expect(gigaflops).toBeGreaterThan(0.5);
    expect(gigaflops).toBeLessThan(50_000);
  });

  it('says it as a page too', async () => {
    const text = await doctor();
    expect(text).toMatch(/^# MoRA Doctor\n\n## Program\n\n- MoRA Studio: \d/);
    expect(text).toMatch(/\n- Speed: [\d.]+ GFLOP\/s /);
    expect(text).not.toContain(home);
  });
});
