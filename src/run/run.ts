import { hostname } from 'node:os';
import type { Configuration } from '../config/schema';
import { listCheckpoints, type CheckpointEntry } from './checkpoints';
import { readRunConfiguration } from './runConfiguration';
import { runName, runPaths } from './runDirectory';
import { isActive, observedState, readStatus, type ObservedState, type RunStatus } from './status';

/** A run as it was last read from its directory. */
export interface Run {
  readonly root: string;
  /** What a person calls it: the name of its configuration. */
  readonly name: string;
  readonly status: RunStatus;
  readonly state: ObservedState;
  /** Newest first. */
  readonly checkpoints: readonly CheckpointEntry[];
  /** The configuration that ran; undefined when it cannot be read. */
  readonly configuration: Configuration | undefined;
}

/** Reads a run; `before` saves reading again what does not change. Undefined when there is no readable status. */
export async function readRun(root: string, before?: Run): Promise<Run | undefined> {
  const paths = runPaths(root);
  const status = await readStatus(paths.status);
  if (status === undefined) return undefined;
  const state = observedState(status, hostname());
  const checkpoints = stillListed(before, status)?.checkpoints ?? (await listCheckpoints(paths.checkpoints)).reverse();
  const configuration = before?.configuration ?? (await readRunConfiguration(paths.config));
  return { root, name: runName(root, status.configurationFile), status, state, checkpoints, configuration };
}

/** The earlier reading, when no checkpoint can have come or gone since. */
function stillListed(before: Run | undefined, status: RunStatus): Run | undefined {
  if (before === undefined || !isActive(before.state)) return undefined;
  return before.status.checkpointStep === status.checkpointStep ? before : undefined;
}

/** Whether two readings of a run look the same to a person. */
export function sameReading(a: Run, b: Run): boolean {
  return (
    a.state === b.state && a.status.updatedAt === b.status.updatedAt && a.checkpoints.length === b.checkpoints.length
  );
}
