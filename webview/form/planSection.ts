import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { Plan } from '../../src/engine/rpc/plan';
import type { Measured } from '../../src/host/protocol/form';
import { counted } from '../../src/language/counted';
import { withDecimalMark } from '../../src/language/language';
import { formatCount, formatDuration } from '../shared/format';
import type { FormModel } from './formModel';
import { measureProgress } from './measureProgress';
import { isStale } from './measurements';
import { memoryBarParts, type MemoryPart } from './memoryParts';
import type { Totals } from './targetFigures';
import { numberAt } from './values';

/** Length of the bar in units of its drawing. */
const WIDTH = 1000;

const PART_NAMES: Readonly<Record<MemoryPart, string>> = {
  weights: l10n.t('weights'),
  activations: l10n.t('activations'),
  adapter: l10n.t('adapter'),
  optimizer: l10n.t('optimizer'),
  working: l10n.t('working'),
};

/** What each part of the memory is; one hover away. */
const PART_DEFINITIONS: Readonly<Record<MemoryPart, string>> = {
  weights: l10n.t('The frozen weights as they are held: all blocks, or one where the others stay on disk'),
  activations: l10n.t('What is kept between forward and backward pass, of the largest micro-batch'),
  adapter: l10n.t('Trained values and their gradients'),
  optimizer: l10n.t('The two moments of Adam'),
  working: l10n.t('The process itself, and what programs hold while they run'),
};

/** What the run will take: its memory against what is free, by parts, and its time once a step was measured. */
export function planSection(model: FormModel, totals: Totals | undefined): TemplateResult {
  const { plan, stale } = model.plan;
  return html`<section aria-labelledby="plan-title">
    <div class="section-head">
      <h2 id="plan-title">${l10n.t('Plan')}</h2>
      ${
        totals === undefined || plan === undefined
          ? nothing
          : html`<span class="muted"
              >${l10n.t('{0} trainable parameters of {1}', formatCount(totals.parameters), formatCount(plan.model.parameters))}</span
            >`
      }
    </div>
    <div class="plan">
      <div class=${stale && plan !== undefined ? 'memory stale' : 'memory'}>
        <h3 class="small muted">${l10n.t('Memory, estimated')}</h3>
        ${plan === undefined ? html`<p class="muted">–</p>` : memoryBar(plan, model)}
      </div>
      <div class="time">
        <h3 class="small muted">${l10n.t('Time, measured')}</h3>
        ${time(model)}
      </div>
    </div>
  </section>`;
}

function memoryBar({ memory }: Plan, model: FormModel): TemplateResult {
  const { parts, free, length } = memoryBarParts(memory);
  const over = memory.total > memory.available;
  const peak = isStale(model.steps, model.values, 'steps') ? undefined : model.steps.result?.peakBytes;
  const sentence = l10n.t(
    '{0} of {1} that are free now; the machine has {2}',
    ...[memory.total, memory.available, memory.machine].map((bytes) => formatBytes(bytes)),
  );
  return html`<p class=${over ? 'over' : ''}>
      <span class="figure">${formatBytes(memory.total)}</span>
      <span class=${over ? '' : 'muted'}>${l10n.t('of {0} free now', formatBytes(memory.available))}</span>
    </p>
    <svg viewBox="0 0 ${WIDTH} 16" preserveAspectRatio="none" role="img" aria-label=${sentence}>
      <title>${sentence}</title>
      ${svg`<rect class="room" width=${free * WIDTH} height="16"></rect>`}
      ${parts.map(
        ({ part, from, width }) =>
          svg`<rect class="part ${part}" x=${from * WIDTH} width=${width * WIDTH} height="16"></rect>`,
      )}
      ${over ? svg`<rect class="mark" x=${free * WIDTH - 2} width="4" height="16"></rect>` : nothing}
      ${peak === undefined ? nothing : svg`<rect class="mark" x=${Math.min(1, peak / length) * WIDTH - 1} width="2" height="16"></rect>`}
    </svg>
    <dl class="parts small">
      ${parts.map(
        ({ part, bytes }) =>
          html`<div class=${part} title=${PART_DEFINITIONS[part]}>
            <dt>${PART_NAMES[part]}</dt>
            <dd>${formatBytes(bytes)}</dd>
          </div>`,
      )}
    </dl>
    ${peak === undefined ? nothing : html`<p class="small muted">${l10n.t('Measured at the highest: {0} (the line in the bar)', formatBytes(peak))}</p>`}
    ${memory.blocks === 'disk' ? html`<p class="small over">${l10n.t('The weights do not fit: they stay on disk and are read block by block, which is slow.')}</p>` : nothing}
    ${over ? html`<p class="small over">${l10n.t('This is more than is free; a smaller batch, a shorter longest example or an int8 base takes less.')}</p>` : nothing}`;
}

function time(model: FormModel): TemplateResult {
  const { running, error, result } = model.steps;
  const stale = isStale(model.steps, model.values, 'steps');
  return html`<div class="measured" aria-live="polite">
    ${
      running !== undefined
        ? measureProgress(l10n.t('Measure a step'), running, () => model.cancelMeasure('steps'))
        : result === undefined
          ? html`<p class="muted">
              ${l10n.t('A few real steps, trained in memory and thrown away, tell what the run will take.')}
            </p>`
          : figures(model, result, stale)
    }
    ${error === undefined ? nothing : html`<p class="problem small" role="alert">${l10n.t('The steps could not be measured: {0}', error)}</p>`}
    ${
      running !== undefined
        ? nothing
        : html`<button
            class="toggle"
            title=${l10n.t('Trains a few steps of this configuration in memory. Nothing is written beside the document.')}
            ?disabled=${model.isMeasuring || model.state?.mayTrain !== true}
            @click=${() => model.measure('steps')}
          >
            <vscode-icon name="watch" size="14"></vscode-icon
            >${result === undefined ? l10n.t('Measure a step') : l10n.t('Measure again')}
          </button>`
    }
  </div>`;
}

function figures(model: FormModel, steps: Measured['steps'], stale: boolean): TemplateResult {
  const total = stepsOfRun(model, steps);
  const spread =
    steps.steps === 1
      ? l10n.t('One step after the first, which takes {0}', stepSeconds(steps.firstSeconds))
      : l10n.t(
          'Median of {0} steps after the first, {1} to {2}',
          steps.steps,
          stepSeconds(steps.fastest),
          stepSeconds(steps.slowest),
        );
  return html`<div class=${stale ? 'outdated' : ''}>
      <p title=${spread}>
        <span class="figure">${stepSeconds(steps.seconds)}</span>
        <span class="muted">${l10n.t('a step on {0}', steps.device)}</span>
      </p>
      <p title=${l10n.t('Evaluations and checkpoints are not counted')}>
        <span class="strong">${formatDuration(runSeconds(model, steps))}</span>
        <span class="muted">${counted(total, l10n.t('for {0} step'), l10n.t('for {0} steps'))}</span>
      </p>
      <p class="small muted">${l10n.t('{0} tokens a second', formatCount(steps.tokens / steps.seconds))} · ${spread}</p>
    </div>
    ${stale ? html`<p class="small over">${l10n.t('Measured before the last changes.')}</p>` : nothing}
    ${steps.besideRun && !stale ? html`<p class="small over">${l10n.t('A run trained meanwhile, so this is slower than alone.')}</p>` : nothing}`;
}

/** What the run takes by the pace that was measured; evaluations and checkpoints are not counted. */
export function runSeconds(model: FormModel, steps: Measured['steps']): number {
  return steps.seconds * stepsOfRun(model, steps);
}

/** The number of steps may have changed since; what one takes has not. */
function stepsOfRun(model: FormModel, { totalSteps }: Measured['steps']): number {
  return numberAt(model.values, 'training.steps') ?? model.dataPlan.plan?.data?.totalSteps ?? totalSteps;
}

/** "34 ms", "1.25 s". */
export function stepSeconds(seconds: number): string {
  return seconds < 0.1
    ? l10n.t('{0} ms', Math.round(seconds * 1000))
    : l10n.t('{0} s', withDecimalMark(String(Number(seconds.toPrecision(3)))));
}
