import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { withDecimalMark } from '../../src/language/language';
import { AXIS_KINDS, AXIS_NAMES } from './axes';
import type { ViewState } from './viewState';

export interface ToolbarActions {
  readonly change: (change: Partial<ViewState>) => void;
  readonly live: () => void;
  readonly compare: () => void;
  readonly exportCsv: () => void;
  readonly exportTensorBoard: () => void;
  readonly exportPng: () => void;
}

/** How the charts are looked at. */
export function toolbar(view: ViewState, isAway: boolean, isLive: boolean, actions: ToolbarActions): TemplateResult {
  return html`
    <div class="toolbar" role="toolbar" aria-label=${l10n.t('Charts')}>
      <div class="segments" role="radiogroup" aria-label=${l10n.t('X axis')}>
        ${AXIS_NAMES.map(
          (axis) => html`
            <button
              role="radio"
              aria-checked=${axis === view.axis}
              data-axis=${axis}
              @click=${() => actions.change({ axis, range: { kind: 'all' } })}
            >
              ${AXIS_KINDS[axis].title}
            </button>
          `,
        )}
      </div>
      <button
        class="toggle"
        aria-pressed=${view.isLogarithmic}
        data-toggle="log"
        title=${l10n.t('Logarithmic loss axis')}
        @click=${() => actions.change({ isLogarithmic: !view.isLogarithmic })}
      >
        ${l10n.t('Log')}
      </button>
      <label
        class="smoothing"
        title=${l10n.t('Weight of the exponential moving average over the training loss, without bias')}
      >
        <span class="muted">${l10n.t('Smoothing')}</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          aria-label=${l10n.t('Smoothing of the training loss')}
          .value=${String(view.smoothing)}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) actions.change({ smoothing: Number(event.target.value) });
          }}
        />
        <output>${withDecimalMark(view.smoothing.toFixed(2))}</output>
      </label>
      ${
        isAway
          ? html`<button class="toggle live" data-action="live" @click=${() => actions.live()}>
              <vscode-icon name=${isLive ? 'debug-continue' : 'screen-full'} size="14"></vscode-icon>
              ${isLive ? l10n.t('Back to live') : l10n.t('Show all')}
            </button>`
          : isLive
            ? html`<span class="live muted"><i></i>${l10n.t('Live')}</span>`
            : nothing
      }
      <div class="spread row tools">
        <button class="toggle" data-action="compare" @click=${() => actions.compare()}>
          <vscode-icon name="layers" size="14"></vscode-icon>${l10n.t('Compare…')}
        </button>
        <button
          class="toggle"
          aria-pressed=${view.showsTable}
          data-toggle="table"
          @click=${() => actions.change({ showsTable: !view.showsTable })}
        >
          <vscode-icon name="table" size="14"></vscode-icon>${l10n.t('Table')}
        </button>
        <button class="toggle" title=${l10n.t('All points as CSV')} @click=${() => actions.exportCsv()}>
          <vscode-icon name="desktop-download" size="14"></vscode-icon>CSV
        </button>
        <button
          class="toggle"
          data-action="tensorboard"
          title=${l10n.t('All points as TensorBoard event files')}
          @click=${() => actions.exportTensorBoard()}
        >
          <vscode-icon name="desktop-download" size="14"></vscode-icon>TensorBoard
        </button>
        <button class="toggle" title=${l10n.t('The chart as a picture')} @click=${() => actions.exportPng()}>
          <vscode-icon name="device-camera" size="14"></vscode-icon>PNG
        </button>
      </div>
    </div>
  `;
}
