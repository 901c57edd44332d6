import { chosenLearningRate } from '../config/learningRate';
import type { Overrides } from '../config/overrides';
import type { Configuration } from '../config/schema';
import { UserError } from '../config/userError';
import type { EngineService } from '../engine/rpc/engineService';
import { planWarnings, refuseImpossible } from '../engine/rpc/planRemarks';
import { prepareResume } from '../engine/rpc/prepareResume';
import { prepareRun, resolveRun, type PreparedRun, type RunRequest } from '../engine/rpc/prepareRun';
import { listCheckpoints } from '../run/checkpoints';
import { configurationName, runPaths } from '../run/runDirectory';
import { askPlan } from './askPlan';
import { readConfigurationFile } from './configurationFile';
import { warningLine } from './errorLine';
import { count, rateText } from './figures';

export interface TrainOptions {
  readonly set: Overrides;
  readonly runDir?: string;
  readonly resume?: string;
  /** Step of the checkpoint to resume from. */
  readonly checkpoint?: number;
  readonly json: boolean;
  readonly debug: boolean;
}

export interface RunToTrain extends PreparedRun {
  readonly title: string;
  /** Step of the checkpoint it goes on from. */
  readonly resumedFrom?: number | undefined;
  /** What is unwise about it. */
  readonly warnings?: readonly string[];
}

/** The run directory that `mora train` is to train in: a new one that `engine` has planned, or that of the run to resume. */
export async function prepareTraining(
  engine: Pick<EngineService, 'plan'>,
  file: string | undefined,
  options: TrainOptions,
  note: (line: string) => void,
): Promise<RunToTrain> {
  if (options.resume !== undefined) {
    const ignored = `${file ?? ''} is not read: a resumed run keeps its own config.json; change it with --set.`;
    if (file !== undefined) process.stderr.write(`${warningLine(ignored)}\n`);
    const { checkpoint } = options;
    const run = await prepareResume(options.resume, {
      overrides: options.set,
      ...(checkpoint !== undefined && { checkpoint }),
    });
    if (run.setAside !== undefined) note(`set aside   later checkpoints and their metrics, in ${run.setAside}`);
    note(rateLine(run.configuration));
    const resumedFrom = (await listCheckpoints(runPaths(run.root).checkpoints)).at(-1)?.step ?? -1;
    return { ...run, resumedFrom, title: `${options.resume} (resumed)` };
  }
  if (options.checkpoint !== undefined) {
    throw new UserError('--checkpoint says where to resume a run; give the run with --resume.');
  }
  if (file === undefined) {
    throw new UserError('train needs a configuration: give the path of a *.mora.json document, or --resume RUN.');
  }
  const text = await readConfigurationFile(file);
  const root = options.runDir === undefined ? {} : { root: options.runDir };
  const request: RunRequest = { configurationFile: file, text, overrides: options.set, ...root };
  // The engine looks at it before anything is written: it knows the model's layers. Of a model on the hub it gets the
  // description for that; its weights come when the run has begun.
  const configuration = await resolveRun(request);
  const plan = await askPlan(engine, configuration, file, { examples: 0, download: true });
  refuseImpossible(plan, file);
  const selected = plan.modules.filter((module) => module.selected).length;
  note(`trains      ${count(plan.trainableParameters)} parameters in ${selected} modules`);
  note(rateLine(configuration));
  return { ...(await prepareRun(request)), title: configurationName(file), warnings: planWarnings(plan) };
}

/** At which rate it learns, and why that if the configuration says "auto". */
function rateLine({ adapter, model, training }: Configuration): string {
  return `learns at   ${rateText(chosenLearningRate(training, adapter, typeof model !== 'string'))}`;
}
