import { dirname, resolve } from 'node:path';
import { requireConfiguration } from '../config/parse';
import { resolvePaths } from '../config/resolvePaths';
import { checkInputs } from '../engine/rpc/checkInputs';
import { askPlan } from './askPlan';
import { readConfigurationFile } from './configurationFile';
import { planText } from './planText';
import { standardTerminal } from './terminal';

export interface PlanOptions {
  readonly examples: number;
  readonly json: boolean;
  readonly debug: boolean;
}

/** `mora plan`: what a configuration would train, in what memory, on what, before anything runs. */
export async function plan(file: string, { examples, json, debug }: PlanOptions): Promise<void> {
  const parsed = requireConfiguration(await readConfigurationFile(file), file);
  const configuration = resolvePaths(parsed, dirname(resolve(file)));
  await checkInputs(configuration, file);
  const planned = await askPlan(configuration, file, { examples, debug });
  process.stdout.write(`${json ? JSON.stringify(planned) : planText(planned, configuration, standardTerminal())}\n`);
}
