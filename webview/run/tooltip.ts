import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Readout, RunSnapshot } from '../../src/host/protocol/runPanel';
import { formatCompact, formatCount, formatDuration, formatEpoch, formatValue } from '../shared/format';
import { styled } from '../shared/styled';
import type { Theme } from '../shared/theme';
import { runColor } from './lossChart';

/** Exact values at the crosshair, beside it on the side with more room. */
export function tooltip(
  snapshot: RunSnapshot,
  readouts: readonly Readout[],
  theme: Theme,
  place: { readonly left: number; readonly width: number },
): TemplateResult | typeof nothing {
  const first = readouts[0];
  if (first === undefined) return nothing;
  const isRight = place.left > place.width / 2;
  const position = isRight ? { right: `${place.width - place.left + 12}px` } : { left: `${place.left + 12}px` };
  const isSmoothed = !Number.isNaN(first.smoothed);
  return html`<div class="tooltip" ${styled(position)}>
    <div class="where">
      <b>${l10n.t('Step {0}', formatCount(first.step))}</b> <span class="muted">${placeOf(first)}</span>
    </div>
    <table>
      <thead>
        <tr>
          <th></th>
          <th>${l10n.t('train')}</th>
          ${isSmoothed ? html`<th>${l10n.t('smoothed')}</th>` : nothing}
          <th>${l10n.t('validation')}</th>
        </tr>
      </thead>
      <tbody>
        ${readouts.map((readout) => {
          const index = snapshot.runs.findIndex(({ root }) => root === readout.root);
          return html`<tr>
            <th><i class="swatch" ${styled({ background: runColor(theme, index) })}></i></th>
            <td>${formatValue(readout.loss)}</td>
            ${isSmoothed ? html`<td><b>${formatValue(readout.smoothed)}</b></td>` : nothing}
            <td>
              ${
                readout.validation === null
                  ? '–'
                  : html`${formatValue(readout.validation.loss)}
                      <span class="muted">@${formatCount(readout.validation.step)}</span>`
              }
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function placeOf({ epoch, tokens, seconds }: Readout): string {
  const parts = [l10n.t('epoch {0}', formatEpoch(epoch)), l10n.t('{0} tokens', formatCompact(tokens))];
  return [...parts, formatDuration(seconds)].join(' · ');
}
