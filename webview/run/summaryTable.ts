import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import { formatCompact, formatCount, formatDuration, formatShare, formatValue } from '../shared/format';
import type { RunSnapshot, RunSummary } from '../../src/host/protocol/runPanel';
import { STATE_TITLES } from './head';

interface Row {
  readonly title: string;
  readonly text: (summary: RunSummary) => string;
  /** What is compared; the lowest is marked. Absent where less is no better. */
  readonly lowest?: (summary: RunSummary) => number;
}

const ROWS: readonly Row[] = [
  { title: l10n.t('Method'), text: ({ method }) => method || '–' },
  { title: l10n.t('State'), text: ({ state }) => STATE_TITLES[state] },
  {
    title: l10n.t('Trainable parameters'),
    text: numeric(({ trainableParameters }) => trainableParameters, formatCompact),
  },
  { title: l10n.t('Steps'), text: numeric(({ step }) => step, formatCount) },
  { title: l10n.t('Tokens'), text: numeric(({ tokens }) => tokens, formatCompact) },
  { title: l10n.t('Time'), text: numeric(({ seconds }) => seconds, formatDuration) },
  measured(l10n.t('Training loss, last step'), ({ loss }) => loss),
  measured(l10n.t('Training loss, smoothed'), ({ smoothed }) => smoothed),
  measured(l10n.t('Validation loss, last'), ({ validation }) => validation),
  measured(l10n.t('Validation loss, lowest'), ({ bestValidation }) => bestValidation),
  { title: l10n.t('at step'), text: numeric(({ bestValidationStep }) => bestValidationStep, formatCount) },
  { title: l10n.t('Validation accuracy'), text: numeric(({ accuracy }) => accuracy, formatShare) },
  { title: l10n.t('Tokens per second'), text: numeric(({ tokensPerSecond }) => tokensPerSecond, formatCount) },
  { title: l10n.t('Peak memory'), text: numeric(({ peakBytes }) => peakBytes, formatBytes) },
];

/** The final figures of the runs shown, side by side; of the losses the lowest is marked. */
export function summaryTable({ runs }: RunSnapshot, swatch: (index: number) => TemplateResult): TemplateResult {
  return html`<section class="wide" aria-labelledby="summary-title" data-summary>
    <h2 id="summary-title">${l10n.t('Final figures')}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">${l10n.t('Figure')}</th>
          ${runs.map(({ name }, index) => html`<th scope="col">${swatch(index)} ${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${ROWS.map(({ title, text, lowest }) => {
          const values = runs.map(({ summary }) => lowest?.(summary) ?? NaN);
          const least = Math.min(...values.filter(Number.isFinite));
          return html`<tr>
            <th scope="row">${title}</th>
            ${runs.map(({ summary }, index) =>
              values[index] === least
                ? html`<td class="best-cell">${text(summary)}<span class="muted"> ${l10n.t('lowest')}</span></td>`
                : html`<td>${text(summary)}</td>`,
            )}
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

function measured(title: string, figure: (summary: RunSummary) => number): Row {
  return { title, text: numeric(figure, formatValue), lowest: figure };
}

function numeric(figure: (summary: RunSummary) => number, format: (value: number) => string): Row['text'] {
  return (summary) => {
    const value = figure(summary);
    return Number.isNaN(value) ? '–' : format(value);
  };
}
