import { html, type TemplateResult } from 'lit';
import type { RunSnapshot, RunSummary } from '../../src/host/protocol/runPanel';
import { formatBytes, formatCompact, formatCount, formatDuration, formatShare, formatValue } from '../shared/format';

interface Row {
  readonly title: string;
  readonly text: (summary: RunSummary) => string;
  /** What is compared; the lowest is marked. Absent where less is no better. */
  readonly lowest?: (summary: RunSummary) => number;
}

const ROWS: readonly Row[] = [
  { title: 'Method', text: ({ method }) => method || '–' },
  { title: 'State', text: ({ state }) => state },
  { title: 'Trainable parameters', text: numeric(({ trainableParameters }) => trainableParameters, formatCompact) },
  { title: 'Steps', text: numeric(({ step }) => step, formatCount) },
  { title: 'Tokens', text: numeric(({ tokens }) => tokens, formatCompact) },
  { title: 'Time', text: numeric(({ seconds }) => seconds, formatDuration) },
  measured('Training loss, last step', ({ loss }) => loss),
  measured('Training loss, smoothed', ({ smoothed }) => smoothed),
  measured('Validation loss, last', ({ validation }) => validation),
  measured('Validation loss, lowest', ({ bestValidation }) => bestValidation),
  { title: 'at step', text: numeric(({ bestValidationStep }) => bestValidationStep, formatCount) },
  { title: 'Validation accuracy', text: numeric(({ accuracy }) => accuracy, formatShare) },
  { title: 'Tokens per second', text: numeric(({ tokensPerSecond }) => tokensPerSecond, formatCount) },
  { title: 'Peak memory', text: numeric(({ peakBytes }) => peakBytes, formatBytes) },
];

/** The final figures of the runs shown, side by side; of the losses the lowest is marked. */
export function summaryTable({ runs }: RunSnapshot, swatch: (index: number) => TemplateResult): TemplateResult {
  return html`<section class="wide" aria-labelledby="summary-title" data-summary>
    <h2 id="summary-title">Final figures</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Figure</th>
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
                ? html`<td class="best-cell">${text(summary)}<span class="muted"> lowest</span></td>`
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
