import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyOverrides, type Overrides } from '../../config/overrides';
import { requireConfiguration } from '../../config/parse';
import { UserError, systemErrorCode } from '../../config/userError';
import { checkpointStep, listCheckpoints } from '../../run/checkpoints';
import { runPaths } from '../../run/runDirectory';
import { setAsideAfter } from '../../run/setAside';
import {
  isActive,
  newerVersion,
  observedState,
  readStatus,
  STATUS_VERSION,
  writeStatus,
  type RunStatus,
} from '../../run/status';
import { checkInputs } from './checkInputs';
import { awaitingEngine, writeRunConfiguration, type PreparedRun } from './prepareRun';
import { answers } from './runConnection';

/** A process that was told to end, or whose parent was killed, may take this long to be gone. */
const VANISH_MS = 10_000;
const POLL_MS = 100;

/** What must stay as it was for the saved optimizer state and the order of examples to fit. */
const FIXED_FIELDS = [
  'model',
  'data',
  'adapter',
  'training.seed',
  'training.batchSize',
  'training.remora.mergeEvery',
  'training.remora.regroup',
];

export interface ResumeOptions {
  /** Changes to the run's configuration, such as more steps. */
  readonly overrides?: Overrides;
  /** Step of the checkpoint to go on from; the newest unless told. */
  readonly checkpoint?: number;
  /** How long to wait for the process of an active run to vanish; 10 s unless told. */
  readonly patienceMs?: number;
}

export interface ResumedRun extends PreparedRun {
  /** Where later checkpoints were put, with what the run had written of itself; absent when there were none. */
  readonly setAside?: string;
}

/**
 * Readies a run directory to be trained on from a checkpoint: finds it, makes sure that no engine works in it, and sets
 * its status to "starting". Checkpoints later than the one asked for are set aside, so that it is the newest and nothing
 * is lost. Throws UserError; the run is then as it was.
 */
export async function prepareResume(given: string, options: ResumeOptions = {}): Promise<ResumedRun> {
  const { overrides = {}, patienceMs = VANISH_MS } = options;
  const { root, checkpoint = options.checkpoint } = runOfCheckpoint(given);
  if (options.checkpoint !== undefined && checkpoint !== options.checkpoint) {
    throw new UserError(
      `${given}: is the checkpoint of step ${checkpoint}, not of ${options.checkpoint}; give one of both.`,
    );
  }
  const paths = runPaths(resolve(root));
  const text = await readRunConfiguration(root, paths.config);
  await refuseNewer(root, paths.status);
  for (const field of Object.keys(overrides)) {
    const fixed = FIXED_FIELDS.find(
      (name) => field === name || field.startsWith(`${name}.`) || name.startsWith(`${field}.`),
    );
    if (fixed !== undefined) {
      throw new UserError(`${root}: "${fixed}" cannot change when a run is resumed; start a new run for that.`);
    }
  }
  const configuration = requireConfiguration(applyOverrides(text, overrides), paths.config);
  const status = await readStatus(paths.status);
  if (status === undefined) {
    throw new UserError(`${root}: its status.json is missing or unreadable; start a new run instead.`);
  }
  await waitUntilIdle(root, status, patienceMs);
  await checkInputs(configuration, paths.config);
  if (checkpoint !== undefined) await requireCheckpoint(root, checkpoint);
  const setAside = checkpoint === undefined ? undefined : await setAsideAfter(paths.root, checkpoint);
  if (Object.keys(overrides).length > 0) await writeRunConfiguration(paths.root, configuration);
  await writeStatus(paths.status, { ...status, ...awaitingEngine() });
  return { root: paths.root, configuration, ...(setAside !== undefined && { setAside }) };
}

/** The folder of a run as it is; that of one of its checkpoints as the run with the step. */
function runOfCheckpoint(folder: string): { readonly root: string; readonly checkpoint?: number } {
  const absolute = resolve(folder);
  const step = checkpointStep(basename(absolute));
  const root = dirname(dirname(absolute));
  if (step === undefined || runPaths(root).checkpoints !== dirname(absolute)) return { root: folder };
  return { root, checkpoint: step };
}

async function requireCheckpoint(root: string, step: number): Promise<void> {
  const steps = (await listCheckpoints(runPaths(resolve(root)).checkpoints)).map((checkpoint) => checkpoint.step);
  if (steps.includes(step)) return;
  const there = steps.length === 0 ? 'it has none' : `it has those of the steps ${steps.join(', ')}`;
  throw new UserError(`${root}: has no checkpoint of step ${step}; ${there}.`);
}

/** What a newer version keeps in a run may be needed to go on with it. */
async function refuseNewer(root: string, status: string): Promise<void> {
  const version = await newerVersion(status);
  if (version === undefined) return;
  throw new UserError(
    `${root}: a newer MoRA Studio wrote this run (status.json of version ${version}; this one reads ${STATUS_VERSION}); resume it with that one.`,
  );
}

async function readRunConfiguration(root: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`${root}: there is no run here (no config.json); give the folder of a run in .mora/runs.`);
  }
}

async function waitUntilIdle(root: string, first: RunStatus, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let status: RunStatus = first; ;) {
    if (!(await isWorkedOn(status))) return;
    if (status.host !== hostname()) {
      throw new UserError(`${root}: the run is active on ${status.host}; stop it there before resuming it.`);
    }
    if (Date.now() >= deadline) {
      throw new UserError(`${root}: the run is still active in process ${status.pid}; stop it before resuming it.`);
    }
    await sleep(POLL_MS);
    status = (await readStatus(runPaths(resolve(root)).status)) ?? status;
  }
}

/** A process of that number whose socket is dead is another one, or what is left of a killed one. */
async function isWorkedOn(status: RunStatus): Promise<boolean> {
  if (!isActive(observedState(status, hostname()))) return false;
  return status.host !== hostname() || status.socket === null || (await answers(status.socket));
}
