import * as l10n from '@vscode/l10n';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import { counted } from '../../src/language/counted';
import { formatCompact, formatCount, formatDuration } from '../shared/format';
import { percent } from './figures';
import type { FormModel } from './formModel';
import { isStale } from './measurements';
import { runSeconds, stepSeconds } from './planSection';
import type { Totals } from './targetFigures';
import { numberAt, textAt } from './values';

/** What is tuned, what it will cost, and the button. */
export function header(model: FormModel, totals: Totals | undefined): TemplateResult {
  const { plan, run, state } = model;
  const name = nameOf(textAt(model.values, 'model'));
  return html`<header>
    <div class="title">
      <h1>${name || l10n.t('No model yet')}</h1>
      <span class="muted small">${subtitle(model)}</span>
    </div>
    <dl
      class=${plan.stale && plan.plan !== undefined ? 'chips stale' : 'chips'}
      aria-label=${l10n.t('Plan')}
      aria-busy=${plan.stale && plan.error === undefined ? 'true' : 'false'}
    >
      ${chips(model, totals)}
    </dl>
    <div class="actions">
      ${
        run === null
          ? nothing
          : html`<vscode-button
              secondary
              icon="pulse"
              title=${l10n.t('Open the run that is active')}
              @click=${() => model.openRun(run.root)}
              >${run.progress}</vscode-button
            >`
      }
      <vscode-button
        icon="play"
        ?disabled=${state?.mayTrain !== true}
        title=${state?.mayTrain === false ? l10n.t('Training needs a trusted workspace on a disk') : l10n.t('Save and train')}
        @click=${() => model.train()}
        >${l10n.t('Train')}</vscode-button
      >
    </div>
  </header>`;
}

function subtitle({ plan, state }: FormModel): string {
  const model = plan.plan?.model;
  const facts =
    model === undefined
      ? []
      : [
          model.family,
          l10n.t('{0} parameters', formatCompact(model.parameters)),
          counted(model.layers, l10n.t('{0} layer'), l10n.t('{0} layers')),
        ];
  return [...facts, state?.fileName ?? ''].filter((part) => part !== '').join(' · ');
}

function chips(model: FormModel, totals: Totals | undefined): readonly TemplateResult[] {
  const plan = model.plan.plan;
  if (plan === undefined) {
    const { value } = stepsOf(model);
    return [chip(l10n.t('Trainable'), '–'), chip(l10n.t('Memory'), '–'), chip(l10n.t('Steps'), value)];
  }
  const { memory } = plan;
  const parameters = totals?.parameters ?? plan.trainableParameters;
  const tight = memory.total > memory.available;
  const bytes = [memory.weights, memory.adapter, memory.optimizer, memory.activations, memory.working].map((bytes) =>
    formatBytes(bytes),
  );
  const parts = [
    l10n.t('weights {0}, adapter {1}, optimizer {2}, activations {3}, working {4}', ...bytes),
    ...(memory.blocks === 'disk' ? [l10n.t('the weights stay on disk, which is slow')] : []),
  ].join('; ');
  const steps = stepsOf(model);
  return [
    chip(
      l10n.t('Trainable'),
      formatCount(parameters),
      l10n.t('{0} of the model', percent(parameters / plan.model.parameters)),
    ),
    chip(l10n.t('Memory'), formatBytes(memory.total), l10n.t('of {0}', formatBytes(memory.available)), parts, tight),
    chip(l10n.t('Steps'), steps.value, steps.note),
    ...timeChip(model),
  ];
}

/** Only what was measured on what the document says now. */
function timeChip(model: FormModel): readonly TemplateResult[] {
  const { result } = model.steps;
  if (result === undefined || isStale(model.steps, model.values, 'steps')) return [];
  const each = l10n.t('{0} a step', stepSeconds(result.seconds));
  return [chip(l10n.t('Time'), formatDuration(runSeconds(model, result)), each)];
}

function chip(name: string, value: string, note = '', title = '', warning = false): TemplateResult {
  return html`<div class=${warning ? 'chip tight' : 'chip'} title=${title || nothing}>
    <dt>${name}</dt>
    <dd>${value}</dd>
    ${note === '' ? nothing : html`<dd class="note">${note}</dd>`}
  </div>`;
}

/** Known from the document when it gives steps, else only once the data was read. */
function stepsOf(model: FormModel): { readonly value: string; readonly note: string } {
  const steps = numberAt(model.values, 'training.steps');
  const batch = numberAt(model.values, 'training.batchSize') ?? 1;
  const epochs = numberAt(model.values, 'training.epochs') ?? 1;
  const data = model.dataPlan.plan?.data;
  if (steps !== undefined) {
    const note =
      data === undefined
        ? counted(batch, l10n.t('{0} example each'), l10n.t('{0} examples each'))
        : countedEpochs(Number(((steps * batch) / Math.max(1, data.trainExamples)).toPrecision(2)));
    return { value: formatCount(steps), note };
  }
  return {
    value: data === undefined ? '–' : formatCount(data.totalSteps),
    note: countedEpochs(epochs),
  };
}

function countedEpochs(epochs: number): string {
  return counted(epochs, l10n.t('{0} epoch'), l10n.t('{0} epochs'));
}

function nameOf(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? ''
  );
}
