import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Measured } from '../../src/host/protocol/form';
import { formatCount } from '../shared/format';
import { counted } from './figures';
import type { FormModel } from './formModel';
import { measureProgress } from './measureProgress';
import { isStale } from './measurements';
import { highestScore, SCORE_DEFINITION, scoreText, type Scores } from './targetFigures';

/** Under the tools of the grid: how far a suggestion is, what it proposes, and what the colours mean. */
export function suggestBar(
  model: FormModel,
  scores: Scores | undefined,
  coloured: boolean,
): TemplateResult | typeof nothing {
  const { running, error, result } = model.suggestion;
  if (running === undefined && error === undefined && result === undefined) return nothing;
  return html`<div class="suggestion small" aria-live="polite">
    ${running === undefined ? nothing : measureProgress('Suggest', running, () => model.cancelMeasure('suggestion'))}
    ${error === undefined ? nothing : html`<p class="problem" role="alert">The modules could not be measured: ${error}</p>`}
    ${running !== undefined || result === undefined ? nothing : scores === undefined ? stale(model) : proposal(model, result)}
    ${running === undefined && coloured && scores !== undefined ? legend(scores) : nothing}
  </div>`;
}

function proposal(model: FormModel, { measured, proposal, now }: Measured['suggestion']): TemplateResult {
  const { modules, parameters, rank, changes } = proposal;
  const otherMethod = isStale(model.suggestion, model.values, 'proposal');
  const on = `Measured on ${counted(measured.examples, 'example')} with ${formatCount(measured.supervisedTokens)} supervised tokens; loss ${measured.loss.toFixed(3)} before training`;
  return html`<div class="proposal">
    <span title=${on}>
      Suggested:
      <span class="strong">${counted(modules, 'module')}</span
      >${rank === null ? nothing : html` at rank <span class="strong">${rank}</span>`}, ${formatCount(parameters)}
      parameters (${formatCount(now.parameters)} when measured)
    </span>
    ${
      otherMethod
        ? html`<span class="muted">The method has changed since: suggest again for modules and rank.</span>`
        : html`<button
            class="toggle use"
            title="Writes modules and rank into the document, as one edit that can be undone"
            @click=${() => model.edit(changes)}
          >
            Use these
          </button>`
    }
    <span class="muted">Modules with higher scores matter more; training all of them often does better still.</span>
  </div>`;
}

function stale(model: FormModel): TemplateResult {
  return html`<div class="proposal">
    <span class="muted">Model or data have changed since the modules were measured, so the scores are not shown.</span>
    <button
      class="toggle"
      ?disabled=${model.isMeasuring || model.state?.mayTrain !== true}
      @click=${() => model.measure('suggestion')}
    >
      Measure again
    </button>
  </div>`;
}

function legend(scores: Scores): TemplateResult {
  const most = highestScore(scores);
  return html`<div class="legend muted" title=${SCORE_DEFINITION}>
    <span class="documented">Score ‖∂L/∂W‖ / ‖W‖</span>
    <span class="hidden-visually">${SCORE_DEFINITION}</span>
    <span class="scale" aria-hidden="true">
      0<svg viewBox="0 0 11 1" preserveAspectRatio="none">
        ${Array.from({ length: 11 }, (_, step) => svg`<rect class="heat${step}" x=${step} width="1.02" height="1"></rect>`)}</svg
      >${scoreText(most / 4)} at the middle, ${scoreText(most)}
    </span>
    <span class="key"><span class="framed" aria-hidden="true"></span>trained now</span>
    <span class="key"><span class="dot" aria-hidden="true"></span>suggested</span>
  </div>`;
}
