import * as l10n from '@vscode/l10n';
import { MORA_MODES } from '../../config/mode';
import { modelName } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { counted } from '../../language/counted';
import { formatNumber, formatTime } from '../../language/language';
import { formatLoss, stateWord } from './runText';
import type { Run } from '../../run/run';

/** The Markdown of a run's tooltip: what it is doing, and the configuration that ran, not the one in the document now. */
export function runTooltip(run: Run): string {
  const { status, configuration } = run;
  const rows: Array<readonly [string, string]> = [
    [l10n.t('State'), stateWord(run.state)],
    [
      l10n.t('Step'),
      l10n.t(
        '{0} of {1} (epoch {2})',
        formatNumber(status.step),
        formatNumber(status.totalSteps),
        epochOf(status.epoch),
      ),
    ],
  ];
  if (status.step > 0) rows.push([l10n.t('Loss'), formatLoss(status.loss)]);
  if (status.validationLoss !== null) rows.push([l10n.t('Validation loss'), formatLoss(status.validationLoss)]);
  if (status.tokensPerSecond !== null) rows.push([l10n.t('Speed'), speedOf(status.tokensPerSecond)]);
  const parameters = counted(status.trainableParameters, l10n.t('{0} parameter'), l10n.t('{0} parameters'));
  rows.push([l10n.t('Trainable'), parameters]);
  if (configuration !== undefined) rows.push(...configurationRows(configuration));
  rows.push([l10n.t('Started'), formatTime(new Date(status.startedAt))]);
  const table = rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`).join('\n');
  const error = status.error === null || run.state !== 'failed' ? '' : `\n\n$(error) ${escapeCell(status.error)}`;
  return `**${escapeCell(run.name)}**\n\n| | |\n|:--|:--|\n${table}${error}`;
}

function configurationRows({ model, adapter, training }: Configuration): Array<readonly [string, string]> {
  const structure =
    adapter.method === 'mora'
      ? `MoRA: ${l10n.t(MORA_MODES[adapter.mode].title)} (${MORA_MODES[adapter.mode].type})`
      : adapter.method === 'lora'
        ? 'LoRA'
        : l10n.t('Full');
  return [
    [l10n.t('Model'), modelName(model)],
    [l10n.t('Method'), adapter.method === 'full' ? structure : l10n.t('{0}, rank {1}', structure, adapter.rank)],
    [l10n.t('Learning rate'), `${training.learningRate}, ${training.schedule}`],
    [l10n.t('Batch'), counted(training.batchSize, l10n.t('{0} example'), l10n.t('{0} examples'))],
  ];
}

function epochOf(epoch: number): string {
  return formatNumber(epoch, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function speedOf(tokensPerSecond: number): string {
  return l10n.t('{0} tokens/s', formatNumber(tokensPerSecond, { maximumFractionDigits: 0 }));
}

/** Names come from files: they must not draw links, images or new columns. */
function escapeCell(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>$]/g, '\\$&').replace(/\s+/g, ' ');
}
