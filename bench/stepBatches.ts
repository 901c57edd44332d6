import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { requireConfiguration } from '../src/config/parse';
import { resolvePaths } from '../src/config/resolvePaths';
import { readDecoderConfig } from '../src/engine/models/family';
import { loadRunData } from '../src/engine/training/runData';
import { StepExamples } from '../src/engine/training/stepExamples';

/**
 * Writes the examples of each step of a configuration, tokens and labels, one JSON line a step: what another program
 * needs to train on the same data in the same order.   stepBatches CONFIGURATION STEPS OUT
 */
async function writeStepBatches(file: string, steps: number, out: string): Promise<void> {
  const configuration = resolvePaths(requireConfiguration(await readFile(file, 'utf8'), file), dirname(file));
  const { model, training } = configuration;
  if (typeof model !== 'string') throw new Error('a model with weights is needed');
  const { train } = await loadRunData(configuration, await readDecoderConfig(model));
  const source = new StepExamples(train.examples, training.batchSize, steps, training.seed);
  const lines: string[] = [];
  for (let step = 0; step < steps; step++) {
    const examples = await source.of(step);
    lines.push(JSON.stringify(examples.map(({ tokens, labels }) => ({ tokens: [...tokens], labels: [...labels] }))));
  }
  await writeFile(out, `${lines.join('\n')}\n`);
}

const [file = '', steps = '', out = ''] = process.argv.slice(2);
void writeStepBatches(file, Number(steps), out);
