import { execFile } from 'node:child_process';
import { z } from 'zod';
import type { Device } from '../../config/devices';
import { engineEnvironment, type EngineProgram } from './engineProgram';

/** Seconds a token of one block on each device; no GPU, and why. */
const deviceTimes = z.union([
  z.object({ webgpu: z.number().positive(), cpu: z.number().positive() }),
  z.object({ webgpu: z.null(), reason: z.string() }),
]);

const trial = z.object({ reason: z.string().nullable() });

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
  const found = await ask(program, ['probe', configurationFile], signal);
  if (found instanceof Failure) return { webgpu: null, reason: `The graphics card cannot be used (${found.reason}).` };
  return deviceTimes.parse(found);
}

/**
 * Whether a device computes here, tried in a process of its own: null, or one sentence that says why not. Throws the
 * signal's reason.
 */
export async function tryDevice(program: EngineProgram, device: Device, signal: AbortSignal): Promise<string | null> {
  const found = await ask(program, ['try', device], signal);
  return found instanceof Failure ? `It cannot be used (${found.reason}).` : trial.parse(found).reason;
}

/** A process that came to grief. */
class Failure {
  constructor(readonly reason: string) {}
}

/** What an engine of its own answers in its last line. */
async function ask(
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
    execFile(node, [engine, ...words], options, (error, stdout, stderr) => {
      const said = stderr.trim().split('\n').at(-1) ?? '';
      resolve({ output: stdout, failure: error === null ? null : said === '' ? error.message : said });
    });
  });
  signal.throwIfAborted();
  if (failure !== null) return new Failure(failure);
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as unknown;
}
