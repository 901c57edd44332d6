import { basename } from 'node:path';
import { UserError } from '../config/userError';
import { shortened } from '../config/shortened';
import { readRun, type Run } from '../run/run';
import type { AgentHost } from './agentHost';

/** The run that an agent names by directory or id. Throws a UserError when there is none. */
export async function chosenRun(given: string, host: AgentHost, signal: AbortSignal): Promise<Run> {
  if (!/[\\/]/.test(given)) {
    const named = (await host.runs(signal)).filter(({ root }) => basename(root) === given);
    const [only, other] = named;
    if (other !== undefined) {
      throw new UserError(`${given}: ${named.length} runs have this id; give the directory of the one that is meant.`);
    }
    if (only !== undefined) return (await readRun(only.root)) ?? only;
  }
  const root = await host.folders.find(given);
  const run = await readRun(root);
  if (run === undefined) {
    throw new UserError(`${shortened(given)}: is no run, or its status.json cannot be read; list_runs names the runs.`);
  }
  return run;
}
