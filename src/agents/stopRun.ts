import * as l10n from '@vscode/l10n';
import { z } from 'zod';
import { UserError } from '../config/userError';
import { controlRun } from '../engine/rpc/controlRun';
import { isActive } from '../run/status';
import { chosenRun } from './chosenRun';
import { runInput } from './inputs';
import { runFigures } from './runFigures';
import { defineTool } from './tool';
import { untilState } from './untilState';

/** A step of a large model, and the checkpoint after it, may take longer; the answer then says "stopping". */
const STOP_PATIENCE_MS = 20_000;

export const stopRun = defineTool({
  name: 'stop_run',
  title: 'Stop a training run',
  description:
    'Ends an active run after its current step, with a checkpoint to go on from. Nothing that was trained is lost, but it trains no further.',
  effect: 'stops',
  input: z.strictObject({ run: runInput }),
  confirm: async ({ run: given }, host) => {
    const run = await chosenRun(given, host, AbortSignal.timeout(STOP_PATIENCE_MS));
    return {
      title: l10n.t('Stop a training run?'),
      message: l10n.t(
        '{0} ({1}) is at step {2} of {3}. It saves a checkpoint and ends.',
        run.name,
        run.root,
        run.status.step,
        run.status.totalSteps,
      ),
    };
  },
  call: async ({ run: given }, host, signal) => {
    const run = await chosenRun(given, host, signal);
    if (!isActive(run.state)) throw new UserError(`${run.root}: the run has ended already (${run.state}).`);
    await controlRun(run.root, 'stop');
    const stopped = await untilState(run, ({ state }) => !isActive(state), STOP_PATIENCE_MS, signal);
    host.changed(run.root);
    return { run: runFigures(stopped) };
  },
});
