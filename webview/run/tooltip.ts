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
      Step <b>${formatCount(first.step)}</b>
      <span class="muted"
        >epoch ${formatEpoch(first.epoch)} · ${formatCompact(first.tokens)} tokens ·
        ${formatDuration(first.seconds)}</span
      >
    </div>
    <table>
      <thead>
        <tr>
          <th></th>
          <th>train</th>
          ${isSmoothed ? html`<th>smoothed</th>` : nothing}
          <th>validation</th>
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
