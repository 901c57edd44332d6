import { UserError } from '../config/userError';
import { readStatus } from '../run/status';
import { runPaths } from '../run/runDirectory';
import type { PanelServices } from './panels/services';
import type { Services } from './services';

/** What the run panel and the rank view need of the rest. */
export function panelServices({ extensionUri, log, engine }: Services): PanelServices {
  return {
    extensionUri,
    log,
    inspect: async (path) => (await engine.service()).inspect({ path }),
    controlRun: async (root) => {
      const status = await readStatus(runPaths(root).status);
      if (status === undefined) throw new UserError(`${root}: its status.json is missing or unreadable.`);
      const { connectRun } = await import('../engine/rpc/runConnection');
      return connectRun(status);
    },
  };
}
