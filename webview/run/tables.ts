import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { ConfigurationDifference, EvaluationRow, RunSnapshot } from '../../src/host/protocol/runPanel';
import { formatCount, formatEpoch, formatShare, formatValue } from '../shared/format';
import { MEASURES, type MeasureKey } from './measures';

/** Rows at once; the CSV has them all. */
const MOST_ROWS = 500;

/** The charts in words: last and best of each figure. */
export function figureTable({ figures, facts }: RunSnapshot): TemplateResult {
  return html`<section aria-labelledby="figures-title">
    <h2 id="figures-title">${l10n.t('Figures')}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">${l10n.t('At step {0}', formatCount(facts.step))}</th>
          <th scope="col">${l10n.t('Last')}</th>
          <th scope="col">${l10n.t('Lowest')}</th>
          <th scope="col">${l10n.t('At step')}</th>
        </tr>
      </thead>
      <tbody>
        ${(Object.keys(MEASURES) as MeasureKey[]).map((key) => {
          const { title, format } = MEASURES[key];
          const { last, best } = figures[key];
          return html`<tr>
            <th scope="row">${title}</th>
            <td>${format(last)}</td>
            <td>${best === undefined ? '' : format(best.value)}</td>
            <td>${best === undefined ? '' : formatCount(best.step)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

export function evaluationTable(rows: readonly EvaluationRow[]): TemplateResult {
  const best = Math.min(...rows.map(({ loss }) => loss).filter(Number.isFinite));
  const shown = rows.slice(-MOST_ROWS).reverse();
  return html`<section aria-labelledby="evaluations-title">
    <h2 id="evaluations-title">${l10n.t('Evaluations')}</h2>
    ${
      rows.length === 0
        ? html`<p class="muted">${l10n.t('None yet.')}</p>`
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${l10n.t('Step')}</th>
                <th scope="col">${l10n.t('Epoch')}</th>
                <th scope="col">${l10n.t('Validation loss')}</th>
                <th scope="col">${l10n.t('Accuracy')}</th>
              </tr>
            </thead>
            <tbody>
              ${shown.map(
                ({ step, epoch, loss, accuracy }) =>
                  html`<tr class=${loss === best ? 'best-row' : ''}>
                    <th scope="row">${formatCount(step)}</th>
                    <td>${formatEpoch(epoch)}</td>
                    <td>
                      ${formatValue(loss)}${loss === best ? html`<span class="muted"> ${l10n.t('best')}</span>` : nothing}
                    </td>
                    <td>${formatShare(accuracy)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
    ${
      rows.length > shown.length
        ? html`<p class="muted small">
            ${l10n.t('The newest {0} of {1}; the CSV has all.', MOST_ROWS, formatCount(rows.length))}
          </p>`
        : nothing
    }
  </section>`;
}

/** What sets the runs apart: only the fields that are not the same in all. */
export function differenceTable(
  { runs }: RunSnapshot,
  differences: readonly ConfigurationDifference[],
  swatch: (index: number) => TemplateResult,
): TemplateResult {
  return html`<section class="wide" aria-labelledby="differences-title">
    <h2 id="differences-title">${l10n.t('Configuration differences')}</h2>
    ${
      differences.length === 0
        ? html`<p class="muted">${l10n.t('The configurations are the same.')}</p>`
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${l10n.t('Field')}</th>
                ${runs.map(({ name }, index) => html`<th scope="col">${swatch(index)} ${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${differences.map(
                ({ field, values }) =>
                  html`<tr>
                    <th scope="row">${field}</th>
                    ${values.map((value) => html`<td>${value ?? '–'}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </section>`;
}
