import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DEVICES } from '../config/devices';
import { atomicWrite } from './atomicWrite';

export const STATUS_VERSION = 1;

const RUN_STATES = ['starting', 'running', 'paused', 'stopping', 'finished', 'stopped', 'failed'] as const;

const nullableNumber = z.number().nullable();

/** status.json: what a run is doing, replaced atomically. JSON has no NaN: figures that are not finite are null. */
const runStatusSchema = z.object({
  version: z.literal(STATUS_VERSION),
  /** "stopped": ended early on request, with a checkpoint. */
  state: z.enum(RUN_STATES),
  /** One clear sentence when failed. */
  error: z.string().nullable(),
  /** What the run is busy with while starting or evaluating, for a progress line. */
  activity: z.string().nullable(),
  /** Process of the engine. */
  pid: z.int().positive(),
  /** Host the process runs on: a pid means nothing on another machine. */
  host: z.string(),
  /** Unix socket or Windows pipe of the run's JSON-RPC control, null when none listens. */
  socket: z.string().nullable(),
  /** The configuration document the run came from, absolute. */
  configurationFile: z.string().nullable(),
  /** ISO time. */
  startedAt: z.string(),
  updatedAt: z.string(),
  step: z.int().min(0),
  totalSteps: z.int().min(0),
  epoch: z.number(),
  /** Training loss of the last step. */
  loss: nullableNumber,
  validationLoss: nullableNumber,
  tokensPerSecond: nullableNumber,
  /** Seconds left, by the pace so far. */
  secondsLeft: nullableNumber,
  trainableParameters: z.int().min(0),
  /** What it trains on; null until that is decided. */
  device: z.enum(DEVICES).nullable().default(null),
  /** Step of the newest checkpoint, null before the first. */
  checkpointStep: z.int().nullable(),
  /** Step of the checkpoint with the lowest validation loss, which is never deleted, and that loss; null without one. */
  bestStep: z.int().nullable().default(null),
  bestLoss: nullableNumber.default(null),
  /** Finished before its last step, because the validation loss no longer fell ("training.earlyStopping"). */
  stoppedEarly: z.boolean().default(false),
});

export type RunStatus = z.output<typeof runStatusSchema>;
export type RunState = RunStatus['state'];

/** "interrupted": its status says that it is alive, but its process is gone (killed, power lost). */
export type ObservedState = RunState | 'interrupted';

export async function writeStatus(file: string, status: RunStatus): Promise<void> {
  await atomicWrite(file, `${JSON.stringify(status, null, 2)}\n`);
}

/**
 * Writes a status over the one that is there. For a full disk, which has no room for a file beside it but still that of
 * the old one; a reader may meet it half written, and looks again.
 */
export async function overwriteStatus(file: string, status: RunStatus): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(status, null, 2)}\n`);
  const handle = await open(file, 'r+');
  try {
    await handle.write(bytes, 0, bytes.length, 0);
    await handle.truncate(bytes.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The version of a status file that is newer than ours; undefined for one of ours, and where there is none. */
export async function newerVersion(file: string): Promise<number | undefined> {
  try {
    const parsed = z.looseObject({ version: z.int() }).safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success && parsed.data.version > STATUS_VERSION ? parsed.data.version : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a status file. Undefined when it is missing, malformed or of a newer version. */
export async function readStatus(file: string): Promise<RunStatus | undefined> {
  try {
    const parsed = runStatusSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function isActive(state: ObservedState): boolean {
  return state === 'starting' || state === 'running' || state === 'paused' || state === 'stopping';
}

/** The state as it is, not as it was last written: an active run whose process is gone was interrupted. */
export function observedState(status: RunStatus, host: string): ObservedState {
  if (!isActive(status.state) || status.host !== host) return status.state;
  return processIsAlive(status.pid) ? status.state : 'interrupted';
}

export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
