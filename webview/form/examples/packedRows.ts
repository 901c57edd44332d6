import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { PackedRow, PackedStep } from '../../../src/engine/rpc/examples';
import { counted } from '../../../src/language/counted';
import { formatCount } from '../../shared/format';
import { countsText, exampleTags, moreTokens } from './exampleCard';
import { tokensView } from './tokens';
import { percent } from './words';

/** Length of a row's bar in units of its drawing. */
const WIDTH = 1000;

export interface RowsLook {
  readonly ids: boolean;
  /** Shows an example by its number among those to train on. */
  readonly open: (index: number) => void;
}

/** The rows of a step: what lies beside what, where positions begin anew, and how much of a row is padding. */
export function packedRows(step: PackedStep, look: RowsLook): TemplateResult {
  const { rows, rowLength, first, total, tokens, examples } = step;
  return html`<p class="muted small">
      ${counted(
        examples,
        l10n.t('{0} example in {1} rows of {2} tokens, {3} % full'),
        l10n.t('{0} examples in {1} rows of {2} tokens, {3} % full'),
        formatCount(total),
        formatCount(rowLength),
        percent(tokens / (total * rowLength)),
      )}.
      ${l10n.t('Positions begin at 0 with each example, and attention does not reach across its ends.')}
    </p>
    ${rows.map((row, index) => packedRow(row, first + index + 1, rowLength, look))}`;
}

function packedRow({ segments, filled }: PackedRow, number: number, rowLength: number, look: RowsLook): TemplateResult {
  const padding = rowLength - filled;
  const heading = l10n.t(
    'Row {0}: {1} of {2} tokens, {3} % full',
    formatCount(number),
    formatCount(filled),
    formatCount(rowLength),
    percent(filled / rowLength),
  );
  return html`<article class="packed" aria-label=${heading}>
    <p class="small place">${heading}</p>
    <svg class="fill" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="room" width=${WIDTH} height="10"></rect>
      ${segments.map(
        ({ start, example }, index) =>
          svg`<rect class=${index % 2 === 0 ? 'even' : 'odd'} x=${(start / rowLength) * WIDTH} width=${(example.length / rowLength) * WIDTH} height="10"></rect>
            <rect class="boundary" x=${(start / rowLength) * WIDTH} width="2" height="10"></rect>`,
      )}
    </svg>
    <ol class="segments-list">
      ${segments.map(
        ({ start, index, example }) =>
          html`<li>
            <p class="example-head small">
              <button class="toggle" title=${l10n.t('Show this example alone')} @click=${() => look.open(index)}>
                ${example.place}
              </button>
              <span class="muted"
                >${l10n.t('in the row from {0}, positions 0 to {1}', formatCount(start), formatCount(example.length - 1))}</span
              >
              <span class="muted">${countsText(example)}</span>${exampleTags(example)}
            </p>
            <div class="tokens">
              ${tokensView(example.tokens, look.ids)}${
                example.length > example.tokens.length
                  ? html`<span class="muted small"> … ${moreTokens(example.length - example.tokens.length)}</span>`
                  : nothing
              }
            </div>
          </li>`,
      )}
    </ol>
    ${
      padding === 0
        ? nothing
        : html`<p class="padding small muted">
            ${counted(padding, l10n.t('{0} token of padding'), l10n.t('{0} tokens of padding'))}
          </p>`
    }
  </article>`;
}
