import { UserError } from '../../config/userError';
import { runPaths } from '../../run/runDirectory';
import { readStatus } from '../../run/status';
import type { Control } from '../protocol/runPanel';

/** Gives an order to a run that is alive, whoever started it. Throws a UserError when none is. */
export async function controlRun(root: string, order: Control): Promise<void> {
  const status = await readStatus(runPaths(root).status);
  if (status === undefined) throw new UserError(`${root}: its status.json is missing or unreadable.`);
  const { connectRun } = await import('../../engine/rpc/runConnection');
  const connection = await connectRun(status);
  try {
    await connection[order]();
  } finally {
    connection.dispose();
  }
}
