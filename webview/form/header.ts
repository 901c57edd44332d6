import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatCompact, formatCount, formatDuration } from '../shared/format';
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
      <h1>${name || 'No model yet'}</h1>
      <span class="muted small">${subtitle(model)}</span>
    </div>
    <dl
      class=${plan.stale ? 'chips stale' : 'chips'}
      aria-label="Plan"
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
              title="Open the run that is active"
              @click=${() => model.openRun(run.root)}
              >${run.progress}</vscode-button
            >`
      }
      <vscode-button
        icon="play"
        ?disabled=${state?.mayTrain !== true}
        title=${state?.mayTrain === false ? 'Training needs a trusted workspace on a disk' : 'Save and train'}
        @click=${() => model.train()}
        >Train</vscode-button
      >
    </div>
  </header>`;
}

function subtitle({ plan, state }: FormModel): string {
  const model = plan.plan?.model;
  const facts =
    model === undefined
      ? []
      : [model.family, `${formatCompact(model.parameters)} parameters`, `${model.layers} layers`];
  return [...facts, state?.fileName ?? ''].filter((part) => part !== '').join(' · ');
}

function chips(model: FormModel, totals: Totals | undefined): readonly TemplateResult[] {
  const plan = model.plan.plan;
  if (plan === undefined) return [chip('Trainable', '–'), chip('Memory', '–'), chip('Steps', stepsOf(model).value)];
  const { memory } = plan;
  const parameters = totals?.parameters ?? plan.trainableParameters;
  const tight = memory.total > memory.available;
  const parts = `weights ${formatBytes(memory.weights)}, adapter ${formatBytes(memory.adapter)}, optimizer ${formatBytes(memory.optimizer)}, activations ${formatBytes(memory.activations)}, working ${formatBytes(memory.working)}${memory.blocks === 'disk' ? '; the weights stay on disk, which is slow' : ''}`;
  const steps = stepsOf(model);
  return [
    chip('Trainable', formatCount(parameters), `${percent(parameters / plan.model.parameters)} of the model`),
    chip('Memory', formatBytes(memory.total), `of ${formatBytes(memory.available)}`, parts, tight),
    chip('Steps', steps.value, steps.note),
    ...timeChip(model),
  ];
}

/** Only what was measured on what the document says now. */
function timeChip(model: FormModel): readonly TemplateResult[] {
  const { result } = model.steps;
  if (result === undefined || isStale(model.steps, model.values, 'steps')) return [];
  return [chip('Time', formatDuration(runSeconds(model, result)), `${stepSeconds(result.seconds)} a step`)];
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
        ? `${batch} examples each`
        : `${Number(((steps * batch) / Math.max(1, data.trainExamples)).toPrecision(2))} epochs`;
    return { value: formatCount(steps), note };
  }
  return {
    value: data === undefined ? '–' : formatCount(data.totalSteps),
    note: `${epochs} epoch${epochs === 1 ? '' : 's'}`,
  };
}

function nameOf(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? ''
  );
}
