import { listCheckpoints } from '../../run/checkpoints';
import type { RunPaths } from '../../run/runDirectory';
import { UserError, systemErrorCode } from '../../config/userError';

/** What to throw when a run directory cannot be written any more: a sentence that says what is kept. Else the error itself. */
export async function diskFailure(error: unknown, { root, checkpoints }: RunPaths): Promise<unknown> {
  const reason = reasonOf(systemErrorCode(error));
  if (reason === undefined) return error;
  const newest = (await listCheckpoints(checkpoints).catch(() => [])).at(-1);
  const kept =
    newest === undefined
      ? 'nothing was saved before; mend that and start the run again'
      : `the checkpoint of step ${newest.step} is kept; mend that and resume the run`;
  return new UserError(`${root}: ${reason}, so the run has stopped; ${kept}.`);
}

function reasonOf(code: string | undefined): string | undefined {
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'the disk quota is used up';
    case 'EROFS':
      return 'the disk is read-only';
    default:
      return undefined;
  }
}
