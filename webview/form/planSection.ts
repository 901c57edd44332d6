import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Plan } from '../../src/engine/rpc/protocol';
import type { Measured } from '../../src/host/protocol/form';
import { formatBytes, formatCount, formatDuration } from '../shared/format';
import { counted } from './figures';
import type { FormModel } from './formModel';
import { measureProgress } from './measureProgress';
import { isStale } from './measurements';
import { memoryBarParts, type MemoryPart } from './memoryParts';
import type { Totals } from './targetFigures';
import { numberAt } from './values';

/** Length of the bar in units of its drawing. */
const WIDTH = 1000;

/** What each part of the memory is; one hover away. */
const PART_DEFINITIONS: Readonly<Record<MemoryPart, string>> = {
  weights: 'The frozen weights as they are held: all blocks, or one where the others stay on disk',
  activations: 'What is kept between forward and backward pass, of the largest micro-batch',
  adapter: 'Trained values and their gradients',
  optimizer: 'The two moments of Adam',
  working: 'The process itself, and what programs hold while they run',
};

/** What the run will take: its memory against what is free, by parts, and its time once a step was measured. */
export function planSection(model: FormModel, totals: Totals | undefined): TemplateResult {
  const { plan, stale } = model.plan;
  return html`<section aria-labelledby="plan-title">
    <div class="section-head">
      <h2 id="plan-title">Plan</h2>
      ${
        totals === undefined || plan === undefined
          ? nothing
          : html`<span class="muted"
              >${formatCount(totals.parameters)} trainable parameters of ${formatCount(plan.model.parameters)}</span
            >`
      }
    </div>
    <div class="plan">
      <div class=${stale ? 'memory stale' : 'memory'}>
        <h3 class="small muted">Memory, estimated</h3>
        ${plan === undefined ? html`<p class="muted">–</p>` : memoryBar(plan, model)}
      </div>
      <div class="time">
        <h3 class="small muted">Time, measured</h3>
        ${time(model)}
      </div>
    </div>
  </section>`;
}

function memoryBar({ memory }: Plan, model: FormModel): TemplateResult {
  const { parts, free, length } = memoryBarParts(memory);
  const over = memory.total > memory.available;
  const peak = isStale(model.steps, model.values, 'steps') ? undefined : model.steps.result?.peakBytes;
  const sentence = `${formatBytes(memory.total)} of ${formatBytes(memory.available)} that are free now; the machine has ${formatBytes(memory.machine)}`;
  return html`<p class=${over ? 'over' : ''}>
      <span class="figure">${formatBytes(memory.total)}</span>
      <span class=${over ? '' : 'muted'}>of ${formatBytes(memory.available)} free now</span>
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
            <dt>${part}</dt>
            <dd>${formatBytes(bytes)}</dd>
          </div>`,
      )}
    </dl>
    ${peak === undefined ? nothing : html`<p class="small muted">Measured at the highest: ${formatBytes(peak)} (the line in the bar)</p>`}
    ${memory.blocks === 'disk' ? html`<p class="small over">The weights do not fit: they stay on disk and are read block by block, which is slow.</p>` : nothing}
    ${over ? html`<p class="small over">This is more than is free; a smaller batch, a shorter longest example or an int8 base takes less.</p>` : nothing}`;
}

function time(model: FormModel): TemplateResult {
  const { running, error, result } = model.steps;
  const stale = isStale(model.steps, model.values, 'steps');
  return html`<div class="time" aria-live="polite">
    ${
      running !== undefined
        ? measureProgress('Measure a step', running, () => model.cancelMeasure('steps'))
        : result === undefined
          ? html`<p class="muted">A few real steps, trained in memory and thrown away, tell what the run will take.</p>`
          : figures(model, result, stale)
    }
    ${error === undefined ? nothing : html`<p class="problem small" role="alert">The steps could not be measured: ${error}</p>`}
    ${
      running !== undefined
        ? nothing
        : html`<button
            class="toggle"
            title="Trains a few steps of this configuration in memory. Nothing is written beside the document."
            ?disabled=${model.isMeasuring || model.state?.mayTrain !== true}
            @click=${() => model.measure('steps')}
          >
            <vscode-icon name="watch" size="14"></vscode-icon
            >${result === undefined ? 'Measure a step' : 'Measure again'}
          </button>`
    }
  </div>`;
}

function figures(model: FormModel, steps: Measured['steps'], stale: boolean): TemplateResult {
  const total = stepsOfRun(model, steps);
  const spread =
    steps.steps === 1
      ? `One step after the first, which takes ${stepSeconds(steps.firstSeconds)}`
      : `Median of ${counted(steps.steps, 'step')} after the first, ${stepSeconds(steps.fastest)} to ${stepSeconds(steps.slowest)}`;
  return html`<div class=${stale ? 'outdated' : ''}>
      <p title=${spread}>
        <span class="figure">${stepSeconds(steps.seconds)}</span> <span class="muted">a step on ${steps.device}</span>
      </p>
      <p title="Evaluations and checkpoints are not counted">
        <span class="strong">${formatDuration(runSeconds(model, steps))}</span>
        <span class="muted">for ${counted(total, 'step')}</span>
      </p>
      <p class="small muted">${formatCount(steps.tokens / steps.seconds)} tokens a second · ${spread}</p>
    </div>
    ${stale ? html`<p class="small over">Measured before the last changes.</p>` : nothing}
    ${steps.besideRun && !stale ? html`<p class="small over">A run trained meanwhile, so this is slower than alone.</p>` : nothing}`;
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
  return seconds < 0.1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toPrecision(3))} s`;
}
