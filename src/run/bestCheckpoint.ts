import { UserError } from '../config/userError';
import { listCheckpoints, type CheckpointEntry } from './checkpoints';
import { runPaths } from './runDirectory';
import { readStatus } from './status';

/** The checkpoint of a run with the lowest validation loss. Throws a UserError when there is none. */
export async function bestCheckpoint(run: string): Promise<CheckpointEntry> {
  const paths = runPaths(run);
  const status = await readStatus(paths.status);
  if (status === undefined) throw new UserError(`${run}: is no run, so there is no best of several; leave out --best.`);
  const step = status.bestStep;
  if (step === null) {
    throw new UserError(
      `${run}: no checkpoint of it was evaluated, so none is the best; leave out --best for the newest.`,
    );
  }
  const found = (await listCheckpoints(paths.checkpoints)).find((checkpoint) => checkpoint.step === step);
  if (found === undefined) {
    throw new UserError(`${run}: the checkpoint of its best step, ${step}, is gone; leave out --best for the newest.`);
  }
  return found;
}
