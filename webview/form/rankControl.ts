import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { range } from './figures';
import { ALPHA_FIELD, RANK_FIELD } from './fields';
import { formField } from './formField';
import type { FormModel } from './formModel';
import type { Totals } from './targetFigures';
import { numberAt, textAt } from './values';

/** The stops of the slider; the number beside it takes any rank. */
const STOPS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Rank by slider or number, and the r̂ that follows from it. */
export function rankControl(model: FormModel, totals: Totals | undefined): TemplateResult {
  const rank = numberAt(model.values, 'adapter.rank') ?? 8;
  const lora = textAt(model.values, 'adapter.method') === 'lora';
  const choose = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const value = STOPS[Number(event.target.value)];
    if (value !== undefined && value !== rank) model.edit([{ field: RANK_FIELD.field, value }]);
  };
  return html`<div class="rank">
    ${formField(model, RANK_FIELD, 'narrow')} ${lora ? formField(model, ALPHA_FIELD, 'narrow') : ''}
    <div class="slider">
      <input
        type="range"
        min="0"
        max=${STOPS.length - 1}
        step="1"
        .value=${String(nearestStop(rank))}
        aria-label=${l10n.t('Rank r')}
        aria-valuetext=${rank}
        @input=${choose}
      />
      <div class="stops small muted" aria-hidden="true">${STOPS.map((stop) => html`<span>${stop}</span>`)}</div>
    </div>
    ${
      lora
        ? ''
        : html`<div class="derived">
            <span class="small muted">${l10n.t('side of M')}</span
            ><span class="value">r̂ ${totals?.rHat === undefined ? '–' : range(...totals.rHat)}</span>
          </div>`
    }
  </div>`;
}

function nearestStop(rank: number): number {
  const distances = STOPS.map((stop) => Math.abs(Math.log(stop / Math.max(1, rank))));
  return distances.indexOf(Math.min(...distances));
}
