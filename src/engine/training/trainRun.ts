import { readFile } from 'node:fs/promises';
import { requireConfiguration } from '../../config/parse';
import { runPaths } from '../../run/runDirectory';
import type { EngineProgram } from '../rpc/engineProgram';
import { probeDevices } from '../rpc/probeDevices';
import type { TrainingControl } from '../runControl';
import { chosenRate, describeRate } from './chosenRate';
import { diskFailure } from './diskFailure';
import type { DeviceProbe } from './chosenDevice';
import { RunLog } from './runLog';
import { pinRunModel } from './runModel';
import { startRun } from './startRun';
import { trainLoop } from './trainLoop';

/**
 * Trains in a run directory whose config.json and status.json exist: from its newest checkpoint if there is one, else
 * from the start. Writes metrics, spectra, checkpoints and status; returns when finished or stopped on request.
 * Throws UserError for bad input and when the loss is no longer a number. `program` is what measures the devices.
 */
export async function trainRun(root: string, control: TrainingControl, program: EngineProgram): Promise<void> {
  const paths = runPaths(root);
  const configuration = requireConfiguration(await readFile(paths.config, 'utf8'), paths.config);
  const log = await RunLog.open(root);
  try {
    const pinned = await pinRunModel(configuration, log, control.stopSignal);
    if (pinned === undefined) {
      await log.update({ state: 'stopped', activity: null });
      return;
    }
    await log.note(describeRate(chosenRate(pinned)));
    const probe: DeviceProbe = () => probeDevices(program, paths.config, control.stopSignal);
    const run = await startRun(pinned, log, control.stopSignal, probe);
    try {
      await trainLoop(run, control);
    } finally {
      await run.close();
    }
  } catch (error) {
    if (!control.stopRequested || error !== control.stopSignal.reason) throw await diskFailure(error, paths);
    // Asked to stop before there was anything to save.
    await log.update({ state: 'stopped', activity: null, secondsLeft: null });
  } finally {
    // Whoever writes the last word in status.json after us must not be overtaken.
    await log.settled();
  }
}
