import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, Settings } from '../../src/host/protocol/rankView';
import { counted } from '../../src/language/counted';
import { formatCount, formatValue } from '../shared/format';
import { figureOf, MEASURE_NAMES, MEASURES } from './measures';
import { term } from './term';

export interface TableSource {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** Rows that a page draws at once without a wait. */
export const ROWS_AT_ONCE = 500;

/** The map as a table, of each source below the other: the same figures for those who read rather than look. */
export function cellTable(
  sources: readonly TableSource[],
  settings: Settings,
  rowsShown: number,
  more: () => void,
): TemplateResult {
  const rows = sources.flatMap(({ name, cells }) => cells.map((cell) => ({ name, cell })));
  const compares = sources.length > 1;
  const hasResiduals = rows.some(({ cell }) => cell.residual !== undefined);
  const hidden = rows.length - rowsShown;
  return html`<div class="all-cells" data-table tabindex="0" role="region" aria-label=${l10n.t('Every module')}>
    <table>
      <thead>
        <tr>
          ${compares ? html`<th scope="col">${l10n.t('Source')}</th>` : nothing}
          <th scope="col">${l10n.t('Layer')}</th>
          <th scope="col" class="name">${l10n.t('Module')}</th>
          ${MEASURE_NAMES.map(
            (measure) =>
              html`<th scope="col" title=${MEASURES[measure].definition(settings)}>
                ${MEASURES[measure].title(settings)}
              </th>`,
          )}
          ${hasResiduals ? html`<th scope="col">${term('‖ΔW − QQᵀΔW‖', RESIDUAL)}</th>` : nothing}
          <th scope="col">${l10n.t('r̂ or r')}</th>
          <th scope="col">${l10n.t('Parameters')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.slice(0, rowsShown).map(
          ({ name, cell }) =>
            html`<tr>
              ${compares ? html`<td>${name}</td>` : nothing}
              <td>${cell.layer}</td>
              <th scope="row" class="name">${cell.module}</th>
              ${MEASURE_NAMES.map((measure) => html`<td data-figure=${measure}>${figureOf(cell, measure)}</td>`)}
              ${hasResiduals ? html`<td>${cell.residual === undefined ? '–' : formatValue(cell.residual, 3)}</td>` : nothing}
              <td>${cell.rHat ?? cell.rank ?? '–'}</td>
              <td>${formatCount(cell.parameters)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      hidden > 0
        ? html`<vscode-button secondary data-action="more" @click=${more}
            >${counted(hidden, l10n.t('Show {0} more row'), l10n.t('Show more of {0} rows'))}</vscode-button
          >`
        : nothing
    }
  </div>`;
}

const RESIDUAL = l10n.t(
  'Of a randomised decomposition: each σ² is at most the square of this larger than given, and so are all others together.',
);
