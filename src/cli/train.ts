import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../config/userError';
import type { AttachedEngine } from '../engine/rpc/attachEngine';
import { exitText } from '../engine/rpc/engineEnd';
import { checkpointName, listCheckpoints } from '../run/checkpoints';
import { parseDataReport, type DataReport } from '../run/dataReport';
import { dataReportLines } from '../run/dataReportText';
import { runPaths } from '../run/runDirectory';
import type { RunStatus } from '../run/status';
import { attachedEngine } from './engineProgram';
import { warningLine } from './errorLine';
import { duration, loss } from './figures';
import { followRun, type RunEnd } from './followRun';
import { prepareTraining, type RunToTrain, type TrainOptions } from './prepareTraining';
import { stopOnSignals } from './stopSignals';
import { standardTerminal } from './terminal';
import { trainReporter, type TrainReporter } from './trainReporters';

/** What a shell expects of a program that Ctrl+C ended. */
const INTERRUPTED = 130;

/** `mora train`: trains in the foreground and returns the exit code, 0 only when the run finished. */
export async function train(file: string | undefined, options: TrainOptions): Promise<number> {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const note = options.json ? () => undefined : write;
  // Before it is needed: it starts while the command line reads what it is to train.
  const engine = attachedEngine(options.debug);
  const run = await prepareTraining(engine, file, options, note).catch((error: unknown) => {
    engine.dispose();
    throw error;
  });
  const { root } = run;
  note(`run         ${root}`);
  const began = performance.now();
  const end = await trainPrepared(engine, run, { ...options, tellsData: true }, write);
  const seconds = (performance.now() - began) / 1000;
  const checkpoint = (await listCheckpoints(runPaths(root).checkpoints)).at(-1)?.folder ?? null;
  const { state, status } = end;
  const best = bestOf(root, status);
  if (options.json) write(JSON.stringify({ kind: 'end', state, run: root, checkpoint, best, error: status.error }));
  if (state === 'finished') {
    const early = status.stoppedEarly ? ` of ${status.totalSteps}, as the validation loss no longer fell,` : '';
    note(`finished    ${status.step} steps${early} in ${duration(seconds)}`);
    note(`checkpoint  ${checkpoint ?? 'none'}`);
    if (best !== null) note(`best        ${best.checkpoint}, validation loss ${loss(best.loss)}`);
    return 0;
  }
  const again = `continue with \`mora train --resume ${root}\``;
  if (state === 'stopped' || end.quit) {
    const kept = status.checkpointStep === null ? 'no checkpoint' : `a checkpoint of step ${status.checkpointStep}`;
    process.stderr.write(`mora: stopped at step ${status.step} with ${kept}; ${again}.\n`);
    return INTERRUPTED;
  }
  if (options.debug) process.stderr.write(await readLog(root));
  if (state === 'failed') throw new UserError(status.error ?? `${root}: the run failed; look into its log.txt.`);
  throw new UserError(
    `${root}: the engine ended unexpectedly (${exitText(end.exit)}) at step ${status.step}; ${again}.`,
  );
}

/** The checkpoint with the lowest validation loss. */
function bestOf(
  root: string,
  { bestStep, bestLoss }: RunStatus,
): { step: number; loss: number; checkpoint: string } | null {
  if (bestStep === null || bestLoss === null) return null;
  return { step: bestStep, loss: bestLoss, checkpoint: join(runPaths(root).checkpoints, checkpointName(bestStep)) };
}

/** Trains in a prepared run directory, showing how it goes. Ctrl+C stops the run with a checkpoint, twice at once. */
export async function trainPrepared(
  engine: AttachedEngine,
  { root, resumedFrom, title, warnings = [] }: RunToTrain,
  { json, tellsData = false }: { readonly json: boolean; readonly tellsData?: boolean },
  write: (line: string) => void,
): Promise<RunEnd & { readonly quit: boolean }> {
  const training = await engine.train(root);
  const shown = trainReporter(title, json, standardTerminal(), write);
  const reporter = onceRunning(shown, () => {
    const data = tellsData ? readDataReport(root) : undefined;
    if (data !== undefined && json) write(JSON.stringify({ kind: 'data', ...data }));
    if (data !== undefined && !json) for (const line of dataReportLines(data)) shown.notice(`data        ${line}`);
    for (const warning of [...(data?.warnings ?? []), ...warnings]) shown.notice(warningLine(warning));
  });
  const signals = stopOnSignals(training, (text) => reporter.notice(text));
  try {
    const end = await followRun(root, training, reporter, { resumedFrom });
    return { ...end, quit: signals.quit };
  } finally {
    signals.dispose();
    reporter.close();
  }
}

/**
 * Speaks once, when the run has begun: what is said of its data is known then, and beside the error of a run that cannot
 * begin, what is unwise about it would only distract.
 */
function onceRunning(reporter: TrainReporter, speak: () => void): TrainReporter {
  let hasSpoken = false;
  return {
    status: (status) => {
      reporter.status(status);
      if (hasSpoken || status.state === 'starting' || status.state === 'failed') return;
      hasSpoken = true;
      speak();
    },
    metric: (metric, line) => reporter.metric(metric, line),
    sample: (sample, line) => reporter.sample(sample, line),
    notice: (text) => reporter.notice(text),
    close: () => reporter.close(),
  };
}

/** What the engine wrote of the data; a run of another version may have written nothing that is understood. */
function readDataReport(root: string): DataReport | undefined {
  try {
    return parseDataReport(readFileSync(runPaths(root).data, 'utf8'));
  } catch {
    return undefined;
  }
}

async function readLog(root: string): Promise<string> {
  return readFile(runPaths(root).log, 'utf8').catch(() => '');
}
