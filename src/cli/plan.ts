import { dirname, resolve } from 'node:path';
import { requireConfiguration } from '../config/parse';
import { resolvePaths } from '../config/resolvePaths';
import { checkInputs } from '../engine/rpc/checkInputs';
import { askPlan } from './askPlan';
import { readConfigurationFile } from './configurationFile';
import { withEngine } from './engineProgram';
import { measured } from './measured';
import { planText } from './planText';
import { standardTerminal } from './terminal';

export interface PlanOptions {
  readonly examples: number;
  /** Time a few real steps too. */
  readonly measure?: boolean | undefined;
  readonly json: boolean;
  readonly debug: boolean;
}

const INTERRUPTED = 130;

/** `mora plan`: what a configuration would train, in what memory, on what, before anything runs; returns the exit code. */
export async function plan(file: string, { examples, measure = false, json, debug }: PlanOptions): Promise<number> {
  const parsed = requireConfiguration(await readConfigurationFile(file), file);
  const configuration = resolvePaths(parsed, dirname(resolve(file)));
  await checkInputs(configuration, file);
  const planned = await withEngine(debug, (engine) => askPlan(engine, configuration, file, { examples }));
  const timing = measure
    ? await measured(file, debug, (engine, onProgress, signal) =>
        engine.measure({ configuration, file: resolve(file) }, onProgress, signal),
      )
    : undefined;
  if (measure && timing === undefined) return INTERRUPTED;
  const page = json
    ? JSON.stringify(timing === undefined ? planned : { ...planned, measured: timing })
    : planText(planned, configuration, standardTerminal(), timing);
  process.stdout.write(`${page}\n`);
  return 0;
}
