import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Measured } from '../../src/host/protocol/form';
import { counted } from '../../src/language/counted';
import { withDecimalMark } from '../../src/language/language';
import { formatCount } from '../shared/format';
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
    ${running === undefined ? nothing : measureProgress(l10n.t('Suggest'), running, () => model.cancelMeasure('suggestion'))}
    ${error === undefined ? nothing : html`<p class="problem" role="alert">${l10n.t('The modules could not be measured: {0}', error)}</p>`}
    ${running !== undefined || result === undefined ? nothing : scores === undefined ? stale(model) : proposal(model, result)}
    ${running === undefined && coloured && scores !== undefined ? legend(scores) : nothing}
  </div>`;
}

function proposal(model: FormModel, { measured, proposal, now }: Measured['suggestion']): TemplateResult {
  const { modules, parameters, rank, changes } = proposal;
  const otherMethod = isStale(model.suggestion, model.values, 'proposal');
  const on = counted(
    measured.examples,
    l10n.t('Measured on {0} example with {1} supervised tokens; loss {2} before training'),
    l10n.t('Measured on {0} examples with {1} supervised tokens; loss {2} before training'),
    formatCount(measured.supervisedTokens),
    withDecimalMark(measured.loss.toFixed(3)),
  );
  const choice = counted(modules, l10n.t('{0} module'), l10n.t('{0} modules'));
  return html`<div class="proposal">
    <span title=${on}>
      ${l10n.t('Suggested:')}
      <span class="strong">${rank === null ? choice : l10n.t('{0} at rank {1}', choice, rank)}</span>,
      ${l10n.t('{0} parameters ({1} when measured)', formatCount(parameters), formatCount(now.parameters))}
    </span>
    ${
      otherMethod
        ? html`<span class="muted"
            >${l10n.t('The method has changed since: suggest again for modules and rank.')}</span
          >`
        : html`<button
            class="toggle use"
            title=${l10n.t('Writes modules and rank into the document, as one edit that can be undone')}
            @click=${() => model.edit(changes)}
          >
            ${l10n.t('Use these')}
          </button>`
    }
    <span class="muted"
      >${l10n.t('Modules with higher scores matter more; training all of them often does better still.')}</span
    >
  </div>`;
}

function stale(model: FormModel): TemplateResult {
  return html`<div class="proposal">
    <span class="muted"
      >${l10n.t('Model or data have changed since the modules were measured, so the scores are not shown.')}</span
    >
    <button
      class="toggle"
      ?disabled=${model.isMeasuring || model.state?.mayTrain !== true}
      @click=${() => model.measure('suggestion')}
    >
      ${l10n.t('Measure again')}
    </button>
  </div>`;
}

function legend(scores: Scores): TemplateResult {
  const most = highestScore(scores);
  return html`<div class="legend muted" title=${SCORE_DEFINITION}>
    <span class="documented">${l10n.t('Score ‖∂L/∂W‖ / ‖W‖')}</span>
    <span class="hidden-visually">${SCORE_DEFINITION}</span>
    <span class="scale" aria-hidden="true">
      0<svg viewBox="0 0 11 1" preserveAspectRatio="none">
        ${Array.from({ length: 11 }, (_, step) => svg`<rect class="heat${step}" x=${step} width="1.02" height="1"></rect>`)}</svg
      >${l10n.t('{0} at the middle, {1}', scoreText(most / 4), scoreText(most))}
    </span>
    <span class="key"><span class="framed" aria-hidden="true"></span>${l10n.t('trained now')}</span>
    <span class="key"><span class="dot" aria-hidden="true"></span>${l10n.t('suggested')}</span>
  </div>`;
}
