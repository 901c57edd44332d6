import { MORA_MODES } from '../../config/mode';
import { modelName } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { formatLoss, stateWord } from './runText';
import type { Run } from '../../run/run';

/** The Markdown of a run's tooltip: what it is doing, and the configuration that ran, not the one in the document now. */
export function runTooltip(run: Run): string {
  const { status, configuration } = run;
  const rows: Array<readonly [string, string]> = [
    ['State', stateWord(run.state)],
    ['Step', `${status.step} of ${status.totalSteps} (epoch ${status.epoch.toFixed(2)})`],
  ];
  if (status.step > 0) rows.push(['Loss', formatLoss(status.loss)]);
  if (status.validationLoss !== null) rows.push(['Validation loss', formatLoss(status.validationLoss)]);
  if (status.tokensPerSecond !== null) rows.push(['Speed', `${Math.round(status.tokensPerSecond)} tokens/s`]);
  rows.push(['Trainable', `${status.trainableParameters.toLocaleString('en-US')} parameters`]);
  if (configuration !== undefined) rows.push(...configurationRows(configuration));
  rows.push(['Started', new Date(status.startedAt).toLocaleString()]);
  const table = rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`).join('\n');
  const error = status.error === null || run.state !== 'failed' ? '' : `\n\n$(error) ${escapeCell(status.error)}`;
  return `**${escapeCell(run.name)}**\n\n| | |\n|:--|:--|\n${table}${error}`;
}

function configurationRows({ model, adapter, training }: Configuration): Array<readonly [string, string]> {
  const structure =
    adapter.method === 'mora'
      ? `MoRA ${MORA_MODES[adapter.mode].title.toLowerCase()} (${MORA_MODES[adapter.mode].type})`
      : adapter.method === 'lora'
        ? 'LoRA'
        : 'Full';
  return [
    ['Model', modelName(model)],
    ['Method', adapter.method === 'full' ? structure : `${structure}, rank ${adapter.rank}`],
    ['Learning rate', `${training.learningRate}, ${training.schedule}`],
    ['Batch', `${training.batchSize} examples`],
  ];
}

/** Names come from files: they must not draw links, images or new columns. */
function escapeCell(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>$]/g, '\\$&').replace(/\s+/g, ' ');
}
