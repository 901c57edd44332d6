import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPaths } from '../../run/runDirectory';
import type { EngineProgram } from '../rpc/engineProgram';
import { prepareRun } from '../rpc/prepareRun';
import { probeDevices } from '../rpc/probeDevices';
import type { MeasureParams, MeasureProgress, StepMeasurement } from '../rpc/measurement';
import type { DeviceProbe } from '../training/chosenDevice';
import { chosenRate } from '../training/chosenRate';
import { microBatches } from '../training/microBatches';
import { RunLog } from '../training/runLog';
import { learningRate } from '../training/schedule';
import { startRun, type Run } from '../training/startRun';
import { StepExamples } from '../training/stepExamples';
import { trainStep } from '../training/trainStep';
import { PeakMemory } from './peakMemory';
import { summary, type TimedStep } from './stepTimes';

/** Timed steps at most: the median of five bears one whose shapes had to be compiled, and one that was disturbed. */
const MOST_STEPS = 5;

/** No further step begins after so long: one who waits for a figure does not wait for its fourth digit. */
const ENOUGH_MS = 20_000;

/**
 * Trains a few steps of the configuration as a run would, on its own first batches, and says what they took. All that
 * a run writes goes into a temporary folder, which is gone when this returns. Throws UserError for bad input, the
 * signal's reason when aborted.
 */
export async function measureSteps(
  { configuration: json, file }: MeasureParams,
  program: EngineProgram,
  onProgress: (progress: MeasureProgress) => void,
  signal: AbortSignal,
): Promise<StepMeasurement> {
  signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'mora-measure-'));
  // Whoever does not want to wait ends the process.
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clean);
  const memory = new PeakMemory();
  try {
    const { root, configuration } = await prepareRun({
      configurationFile: file,
      text: JSON.stringify(json),
      root: join(folder, 'run'),
    });
    const log = await RunLog.open(root, {
      // Standard output may carry the protocol.
      print: () => undefined,
      onStatus: ({ activity }) => activity !== null && onProgress({ activity, share: 0 }),
    });
    try {
      const probe: DeviceProbe = () => probeDevices(program, runPaths(root).config, signal);
      const run = await startRun(configuration, log, signal, probe);
      try {
        const steps = await timedSteps(run, onProgress, signal);
        const { device } = log.status;
        return { ...summary(steps), totalSteps: run.totalSteps, device: device ?? 'cpu', peakBytes: memory.read() };
      } finally {
        await run.close();
      }
    } finally {
      await log.settled();
    }
  } finally {
    memory.stop();
    await rm(folder, { recursive: true, force: true });
    process.off('exit', clean);
  }
}

/** The first step, which compiles, and as many after it as there is time for; at least one. */
async function timedSteps(
  { configuration, data, layout, totalSteps, trainer }: Run,
  onProgress: (progress: MeasureProgress) => void,
  signal: AbortSignal,
): Promise<TimedStep[]> {
  const { training } = configuration;
  const peak = chosenRate(configuration).rate;
  const count = MOST_STEPS + 1;
  // The order of examples goes on from epoch to epoch, so a run of one step has batches for more.
  const examples = new StepExamples(data.train.examples, training.batchSize, count, training.seed);
  const steps: TimedStep[] = [];
  let began = performance.now();
  for (let step = 0; step < count; step++) {
    if (step > 1 && performance.now() - began > ENOUGH_MS) break;
    signal.throwIfAborted();
    onProgress({ activity: `training step ${step + 1} of at most ${count}`, share: step / count });
    const start = performance.now();
    const batches = microBatches(await examples.of(step), layout);
    const rate = learningRate(Math.min(step, totalSteps - 1), totalSteps, { ...training, learningRate: peak });
    const result = await trainStep(trainer, batches, step + 1, rate, () => !signal.aborted);
    if (result === undefined) signal.throwIfAborted();
    const end = performance.now();
    const tokens = batches.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
    steps.push({ seconds: (end - start) / 1000, tokens });
    if (step === 0) began = end;
  }
  return steps;
}
