import * as l10n from '@vscode/l10n';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Cell, Settings, TrendPoint } from '../../src/host/protocol/rankView';
import { FIRST_SETTINGS } from './settings';
import { baseStyles } from '../shared/baseStyles';
import type { CursorEvent, ZoomEvent } from '../shared/chart/curveChart';
import '../shared/chart/curveChart';
import type { Span } from '../shared/chart/viewport';
import { formatCount, formatShare, formatValue } from '../shared/format';
import { withDecimalMark } from '../../src/language/language';
import { readTheme, type Theme } from '../shared/theme';
import { cellFigures } from './cellFigures';
import { figureOf, isPartial } from './measures';
import { boundLines, cumulativeEnergy, lastIndex, spectrumLines, type Shown } from './spectrum';
import { dotStyles } from './styles';
import { termStyles } from './term';

export interface SpectrumStyle {
  readonly isLogarithmic: boolean;
  readonly isCumulative: boolean;
}

/** How the spectrum is to be drawn from now on. */
export type SpectrumStyleEvent = CustomEvent<Partial<SpectrumStyle>>;

const WHOLE_ENERGY: Span = { from: 0, to: 1 };

/** One module: its singular values, their bounds and its figures, and those of the source laid over it: <mora-spectrum>. */
export class SpectrumPanel extends LitElement {
  static override properties = {
    cells: { attribute: false },
    labels: { attribute: false },
    shown: { attribute: false },
    trend: { attribute: false },
    settings: { attribute: false },
    isBusy: { attribute: false },
    look: { attribute: false },
    theme: { attribute: false },
    cursor: { state: true },
    span: { state: true },
  };

  static override styles = [
    baseStyles,
    dotStyles,
    termStyles,
    css`
      .error {
        margin-top: 8px;
        font-size: 0.923em;
      }
      .more {
        margin-top: 12px;
      }
      .cell-title {
        display: flex;
        align-items: baseline;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      .cell-title h2 {
        font-size: 1.154em;
      }
      .spectrum-tools {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-top: 12px;
        font-size: 0.923em;
      }
      .spectrum-tools .readout {
        margin-left: auto;
        min-height: 1.4em;
      }
      mora-curve-chart {
        height: 248px;
        margin-top: 8px;
      }
      .axis-title {
        text-align: center;
        font-size: var(--small);
        color: var(--muted);
        padding-left: 48px;
      }
      .cell-figures {
        width: 100%;
        margin-top: 16px;
      }
      .cell-figures td:last-child,
      .cell-figures th:last-child {
        padding-right: 0;
      }
      .cell-figures thead th {
        vertical-align: bottom;
      }
      /* A name of one word or of many: three lines of it, and the whole in the tooltip. */
      .cell-figures .source {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .cell-figures tbody tr:last-child > * {
        border-bottom: 0;
      }
      .cell-figures tbody th {
        color: var(--muted);
      }
      .trend {
        display: flex;
        align-items: center;
        gap: 16px;
        margin-top: 8px;
        font-size: 0.923em;
        border-top: 1px solid var(--row-line);
        padding-top: 8px;
      }
      .trend .sparkline {
        color: var(--vscode-charts-blue);
        margin-left: auto;
      }
    `,
  ];

  /** The chosen module, and the same of the other source if it has one. */
  cells: readonly Cell[] = [];
  /** Names of the sources. */
  labels: readonly string[] = [];
  shown: readonly Shown[] = [];
  trend: readonly TrendPoint[] = [];
  settings: Settings = FIRST_SETTINGS;
  /** Whether something goes on that a new question would end. */
  isBusy = false;
  look: SpectrumStyle = { isLogarithmic: false, isCumulative: false };
  theme: Theme = readTheme();

  private cursor: number | null = null;
  private span: Span | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('cells');
    if (changed.has('cells') && before?.[0]?.name !== this.cells[0]?.name) this.span = null; // another module, another axis
  }

  override render(): TemplateResult | typeof nothing {
    const cell = this.cells[0];
    if (cell === undefined) return html`<p class="muted">${l10n.t('Choose a cell to see its spectrum.')}</p>`;
    const { shown } = this;
    const { isLogarithmic, isCumulative } = this.look;
    const limits = { from: 1, to: lastIndex(shown) };
    return html`
      <div class="cell-title">
        <h2>${l10n.t('Layer {0} · {1}', cell.layer, cell.module)}</h2>
        <span class="muted small">${cell.name}</span>
      </div>
      <div class="spectrum-tools">
        <div class="segments" role="radiogroup" aria-label=${l10n.t('Spectrum')}>
          <button role="radio" aria-checked=${!isCumulative} @click=${() => this.change({ isCumulative: false })}>
            ${l10n.t('Singular values')}
          </button>
          <button
            role="radio"
            data-toggle="cumulative"
            aria-checked=${isCumulative}
            @click=${() => this.change({ isCumulative: true })}
          >
            ${l10n.t('Cumulative energy')}
          </button>
        </div>
        <button
          class="toggle"
          data-toggle="log"
          aria-pressed=${isLogarithmic}
          ?disabled=${isCumulative}
          title=${l10n.t('Logarithmic axis')}
          @click=${() => this.change({ isLogarithmic: !isLogarithmic })}
        >
          ${l10n.t('Log')}
        </button>
        <span class="readout muted">${this.readout()}</span>
      </div>
      <mora-curve-chart
        .label=${l10n.t(
          'Singular values of ΔW in layer {0}, {1}: effective rank {2} of {3}; LoRA with as many parameters cannot pass {4}',
          ...[cell.layer, cell.module, figureOf(cell, 'effectiveRank'), cell.rankBound, cell.loraBound],
        )}
        .theme=${this.theme}
        .lines=${spectrumLines(shown, isCumulative, this.theme)}
        .verticals=${boundLines(shown, this.theme)}
        .cursor=${this.cursor}
        .span=${this.span ?? limits}
        .limits=${limits}
        .yRange=${isCumulative ? WHOLE_ENERGY : null}
        .isLogarithmic=${isLogarithmic && !isCumulative}
        .startsAtZero=${true}
        .formatX=${(value: number) => (Number.isInteger(value) ? formatCount(value) : '')}
        .formatY=${isCumulative ? (value: number) => l10n.t('{0} %', Math.round(100 * value)) : spectrumTick}
        @chart-cursor=${(event: CursorEvent) => {
          this.cursor = event.detail === null ? null : Math.max(1, Math.round(event.detail));
        }}
        @chart-zoom=${(event: ZoomEvent) => {
          this.span = event.detail.x;
        }}
        @chart-reset=${() => {
          this.span = null;
        }}
      ></mora-curve-chart>
      <div class="axis-title">
        ${isCumulative ? l10n.t('Share of Σσ² in the first i, over i') : l10n.t('σᵢ over i')}
      </div>
      ${this.error()} ${cellFigures(this.cells, this.labels, this.trend, this.theme.series, this.settings)}
      ${
        cell.intruders === null && !this.isBusy
          ? html`<p class="more">
              <vscode-button
                secondary
                data-action="find-here"
                @click=${() => this.dispatchEvent(new CustomEvent('find-intruders'))}
                >${l10n.t('Find intruder dimensions of this module')}</vscode-button
              >
            </p>`
          : nothing
      }
    `;
  }

  /** What is not in the picture of a spectrum that was found by a randomised decomposition. */
  private error(): TemplateResult | typeof nothing {
    const cell = this.cells[0];
    if (cell?.residual === undefined) return nothing;
    const { residual, frobenius, known = 0, rankBound } = cell;
    const share = frobenius === 0 ? 0 : residual / frobenius;
    return html`<p class="error muted" data-error>
      ${l10n.t('The {0} largest of {1}, by a randomised decomposition.', formatCount(known), formatCount(rankBound))}
      ${
        isPartial(cell)
          ? l10n.t(
              '‖ΔW − QQᵀΔW‖ = {0} ({1} of ‖ΔW‖): each σ² is at most {2} larger, and so are all others together.',
              ...[formatValue(residual, 3), formatShare(share), formatValue(residual ** 2, 3)],
            )
          : l10n.t('Nothing but rounding is missing.')
      }
    </p>`;
  }

  private readout(): TemplateResult | typeof nothing {
    const { cursor, shown } = this;
    if (cursor === null) return nothing;
    const values = shown.map(({ singularValues }) => {
      if (!this.look.isCumulative) return formatValue(singularValues[cursor - 1] ?? 0, 3);
      return formatShare(cumulativeEnergy(singularValues)[cursor - 1] ?? 1);
    });
    return html`i ${cursor}: <b>${values.join(' · ')}</b>`;
  }

  private change(change: Partial<SpectrumStyle>): void {
    this.dispatchEvent(new CustomEvent('spectrum-style', { detail: change }));
  }
}

function spectrumTick(value: number): string {
  return Math.abs(value) >= 1e-3 || value === 0
    ? withDecimalMark(String(Number(value.toPrecision(3))))
    : value.toExponential(0);
}

customElements.define('mora-spectrum', SpectrumPanel);
