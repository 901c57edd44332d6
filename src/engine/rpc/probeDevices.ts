import { execFile } from 'node:child_process';
import { z } from 'zod';
import { engineEnvironment, type EngineProgram } from './engineProgram';

/** Seconds a token of one block on each device; no GPU, and why. */
const deviceTimes = z.union([
  z.object({ webgpu: z.number().positive(), cpu: z.number().positive() }),
  z.object({ webgpu: z.null(), reason: z.string() }),
]);

const adapterProbe = z.object({ reason: z.string().nullable() });

export type DeviceTimes = z.infer<typeof deviceTimes>;

/** A driver may compile programs for long when it first sees them; longer than this, it is not worth waiting for. */
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT = 1 << 20;

/**
 * Measures the devices for the configuration of a run, in a process of its own: a graphics driver that crashes or hangs
 * takes nothing else along. Where it does, there is no GPU, and `reason` says so. Throws the signal's reason.
 */
export async function probeDevices(
  program: EngineProgram,
  configurationFile: string,
  signal: AbortSignal,
): Promise<DeviceTimes> {
  const found = await probe(program, [configurationFile], signal);
  return typeof found === 'string' ? { webgpu: null, reason: found } : deviceTimes.parse(found);
}

/** Whether WebGPU has a graphics card here: null, or one sentence that says why not. Throws the signal's reason. */
export async function probeWebGpu(program: EngineProgram, signal: AbortSignal): Promise<string | null> {
  const found = await probe(program, [], signal);
  return typeof found === 'string' ? found : adapterProbe.parse(found).reason;
}

/** What the probing process answers; one sentence where it came to grief. */
async function probe(
  { node, engine, env }: EngineProgram,
  words: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  const { output, failure } = await new Promise<{ output: string; failure: string | null }>((resolve) => {
    const options = {
      env: engineEnvironment(env),
      signal,
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT,
      windowsHide: true,
    };
    execFile(node, [engine, 'probe', ...words], options, (error, stdout, stderr) => {
      const said = stderr.trim().split('\n').at(-1) ?? '';
      resolve({ output: stdout, failure: error === null ? null : said === '' ? error.message : said });
    });
  });
  signal.throwIfAborted();
  if (failure !== null) return `The graphics card cannot be used (${failure}).`;
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as unknown;
}
