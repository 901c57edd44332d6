import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../config/userError';
import { prepareRun } from '../engine/rpc/prepareRun';
import { createRun } from '../run/runDirectory';
import { comparisonTable, readOutcome, type Outcome } from './demoComparison';
import { pronunciations } from './demoPronunciations';
import { readConfigurationFile } from './configurationFile';
import { attachedEngine } from './engineProgram';
import { paint, standardTerminal } from './terminal';
import { trainPrepared } from './train';

export interface DemoOptions {
  readonly steps: number;
  readonly debug: boolean;
}

/** Beside dist/ in the repository and in the package. */
const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

/** Equal parameters, equal examples in equal order; each with the learning rate that suits it. */
const CONTESTANTS = [
  { title: 'MoRA sharing', file: 'pronounce-sharing.mora.json' },
  { title: 'MoRA rotation', file: 'pronounce-mora.mora.json' },
  { title: 'LoRA', file: 'pronounce-lora.mora.json' },
] as const;

const INTERRUPTED = 130;

/** `mora demo`: trains three adapters on the example data one after another and compares them. */
export async function demo({ steps, debug }: DemoOptions): Promise<number> {
  if (steps === 0) throw new UserError('--steps 0: the demo needs at least one step.');
  const terminal = standardTerminal();
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const title = (text: string): void => write(`\n${paint(terminal, 'bold', text)}`);
  const outcomes: Outcome[] = [];
  for (const contestant of CONTESTANTS) {
    title(contestant.title);
    const root = await createRun(process.cwd(), `demo-${contestant.file}`);
    const run = await prepareExample(contestant.file, root, steps);
    const began = performance.now();
    const end = await trainPrepared(attachedEngine(debug), { ...run, title: contestant.title }, { json: false }, write);
    if (end.state === 'stopped' || end.quit) return INTERRUPTED;
    if (end.state !== 'finished') throw new UserError(`${root}: ${end.status.error ?? `the run ${end.state}`}`);
    outcomes.push(await readOutcome(contestant.title, run, (performance.now() - began) / 1000));
  }
  title(`After ${steps} steps at equal parameters`);
  for (const line of comparisonTable(outcomes)) write(line);
  title('Words that none of them has seen');
  const model = join(EXAMPLES, '..', 'media', 'model', 'tiny-llama-3m');
  const validation = await readFile(join(EXAMPLES, 'data', 'pronounce.validation.jsonl'), 'utf8');
  for (const line of await pronunciations(model, outcomes, validation, debug)) write(line);
  write(`\nThe runs are in ${join(process.cwd(), '.mora', 'runs')}; \`mora inspect RUN\` shows their spectra.`);
  return 0;
}

async function prepareExample(name: string, root: string, steps: number): ReturnType<typeof prepareRun> {
  const configurationFile = join(EXAMPLES, name);
  const text = await readConfigurationFile(configurationFile);
  // Evaluated before and after only: the validation examples cost as much as many steps.
  const overrides = { 'training.steps': steps, 'training.evaluateEvery': steps, 'training.saveEvery': 0 };
  return prepareRun({ configurationFile, text, root, overrides });
}
