import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { applyOverrides, type Overrides } from '../../config/overrides';
import { requireConfiguration } from '../../config/parse';
import { resolvePaths } from '../../config/resolvePaths';
import type { Configuration } from '../../config/schema';
import { UserError, systemErrorCode } from '../../config/userError';
import { atomicWrite } from '../../run/atomicWrite';
import { createRun, createRunAt, runPaths, RUNS_FOLDER } from '../../run/runDirectory';
import { STATUS_VERSION, writeStatus, type RunStatus } from '../../run/status';
import { checkInputs } from './checkInputs';

export interface RunRequest {
  /** Path of the configuration document; relative paths in it are relative to its folder. */
  readonly configurationFile: string;
  /** The document's content, which may not be saved yet. */
  readonly text: string;
  readonly overrides?: Overrides;
  /** The run directory; by default a new one in .mora/runs beside the document. */
  readonly root?: string;
}

export interface PreparedRun {
  /** The run directory, absolute. */
  readonly root: string;
  /** What config.json holds: every default filled in, every path absolute. */
  readonly configuration: Configuration;
}

/** The configuration a run would have, with its inputs found to exist. Throws UserError; writes nothing. */
export async function resolveRun(request: RunRequest): Promise<Configuration> {
  const { configurationFile, text, overrides = {} } = request;
  const parsed = requireConfiguration(applyOverrides(text, overrides), configurationFile);
  const configuration = resolvePaths(parsed, dirname(resolve(configurationFile)));
  await checkInputs(configuration, configurationFile);
  return configuration;
}

/** Makes a run directory with its config.json and first status.json. On a UserError nothing was written. */
export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const configuration = await resolveRun(request);
  const file = resolve(request.configurationFile);
  const wanted = request.root === undefined ? undefined : resolve(request.root);
  try {
    const root = wanted === undefined ? await createRun(dirname(file), file) : await createRunAt(wanted);
    await writeRunConfiguration(root, configuration);
    await writeStatus(runPaths(root).status, firstStatus(file));
    return { root, configuration };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const place = wanted ?? join(dirname(file), RUNS_FOLDER);
    throw new UserError(
      `${place}: a run directory cannot be made there (${code}); choose a folder that can be written.`,
    );
  }
}

export async function writeRunConfiguration(root: string, configuration: Configuration): Promise<void> {
  const { $schema: _, ...content } = configuration; // a relative path, which would point nowhere from here
  await atomicWrite(runPaths(root).config, `${JSON.stringify(content, null, 2)}\n`);
}

/** What the status of a run says from when it is prepared until its engine runs. */
export function awaitingEngine() {
  return {
    state: 'starting',
    error: null,
    activity: 'starting the engine',
    // The engine replaces it with its own as soon as it runs.
    pid: process.pid,
    host: hostname(),
    socket: null,
    updatedAt: new Date().toISOString(),
  } as const satisfies Partial<RunStatus>;
}

function firstStatus(configurationFile: string): RunStatus {
  return {
    version: STATUS_VERSION,
    ...awaitingEngine(),
    configurationFile,
    startedAt: new Date().toISOString(),
    step: 0,
    totalSteps: 0,
    epoch: 0,
    loss: null,
    validationLoss: null,
    tokensPerSecond: null,
    secondsLeft: null,
    trainableParameters: 0,
    device: null,
    checkpointStep: null,
    bestStep: null,
    bestLoss: null,
    stoppedEarly: false,
  };
}
