import { UserError } from '../../config/userError';
import { runPaths } from '../../run/runDirectory';
import { readStatus } from '../../run/status';
import { connectRun, type RunConnection } from './runConnection';

/** What a run can be told. */
export type RunOrder = Exclude<keyof RunConnection, 'dispose'>;

/** Gives an order to a run that is alive, whoever started it. Throws a UserError when none is. */
export async function controlRun(root: string, order: RunOrder): Promise<void> {
  const status = await readStatus(runPaths(root).status);
  if (status === undefined) throw new UserError(`${root}: its status.json is missing or unreadable.`);
  const connection = await connectRun(status);
  try {
    await connection[order]();
  } finally {
    connection.dispose();
  }
}
