import * as l10n from '@vscode/l10n';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ListedTensor, WindowValue } from '../../src/engine/rpc/contents';
import { withDecimalMark } from '../../src/language/language';
import { baseStyles } from '../shared/baseStyles';
import { formatCount, formatValue } from '../shared/format';
import { LatestOnly } from '../shared/latestOnly';
import { styled } from '../shared/styled';
import { errorNotice } from '../shared/notice';
import { messageOf } from '../../src/host/protocol/channel';
import { clamped, columnsIn, matrixOf, placeOf, START, WINDOW_ROWS, windowAt, type Matrix, type Place } from './window';
import { NUMBER_FORMATS, type NumberFormat } from './viewState';
import { exactText } from './words';

/** Asks for a window of values; rejects with a sentence. */
export type ReadValues = (window: ReturnType<typeof windowAt>) => Promise<readonly WindowValue[]>;
export type FormatEvent = CustomEvent<NumberFormat>;

const FORMAT_TITLES: Readonly<Record<NumberFormat, string>> = {
  short: l10n.t('4 digits'),
  exact: l10n.t('Exact'),
  scientific: l10n.t('Scientific'),
};

/** A window of a tensor's values: <mora-values>. Arrows and page keys move it. */
export class ValuesTable extends LitElement {
  static override properties = {
    tensor: { attribute: false },
    read: { attribute: false },
    format: { attribute: false },
    marked: { attribute: false },
    place: { state: true },
    width: { state: true },
  };

  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        font-size: 0.923em;
        color: var(--muted);
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      input {
        width: 84px;
        height: 24px;
        font: inherit;
        padding: 0 6px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
      }
      .frame {
        margin-top: 8px;
        overflow: auto;
        border: 1px solid var(--row-line);
        border-radius: 4px;
      }
      .frame:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      table {
        width: 100%;
        font-family: var(--vscode-editor-font-family, monospace);
        font-size: 0.923em;
        border-spacing: 0;
      }
      th,
      td {
        padding: 2px 8px;
        border: 0;
        text-align: right;
      }
      th {
        color: var(--muted);
        font-family: var(--vscode-font-family);
      }
      tbody th {
        color: var(--muted);
        border-right: 1px solid var(--row-line);
      }
      thead th {
        border-bottom: 1px solid var(--row-line);
      }
      td {
        min-width: 72px;
      }
      td.marked {
        outline: 2px solid var(--vscode-focusBorder);
        outline-offset: -2px;
      }
      td.bad {
        color: var(--vscode-errorForeground);
        font-weight: 600;
      }
      .notice {
        margin-top: 8px;
      }
      :host-context(.vscode-high-contrast) .segments button[aria-pressed='true'],
      :host-context(.vscode-high-contrast-light) .segments button[aria-pressed='true'] {
        outline: 1px solid var(--vscode-contrastActiveBorder);
        outline-offset: -2px;
      }
    `,
  ];

  tensor: ListedTensor | undefined;
  read: ReadValues = async () => [];
  format: NumberFormat = 'short';
  /** A value to go to and point at, by its row-major index. */
  marked: { readonly index: number } | null = null;

  private place: Place = START;
  /** Columns that fit. */
  private width = 6;
  private readonly resized = new ResizeObserver(() => (this.width = columnsIn(this.clientWidth)));

  private shown: { readonly place: Place; readonly width: number; readonly values: readonly WindowValue[] } | undefined;
  private problem: string | undefined;
  private readonly loading = new LatestOnly();

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('tensor')) {
      this.shown = undefined;
      this.problem = undefined;
      this.place = START;
    }
    const { tensor, marked, width } = this;
    if (changed.has('marked') && tensor !== undefined && marked !== null)
      this.place = placeOf(marked.index, matrixOf(tensor, width), width);
    if (['tensor', 'place', 'width', 'marked'].some((name) => changed.has(name))) this.load();
  }

  override render(): TemplateResult {
    const { tensor, problem } = this;
    if (tensor === undefined) return html``;
    const matrix = matrixOf(tensor, this.width);
    return html`<div class="bar">
        ${matrix.leading.map(({ size }, axis) => this.input(l10n.t('Axis {0}', axis), size, this.place.leading[axis] ?? 0, axis))}
        ${matrix.isWrapped ? nothing : this.input(l10n.t('Row'), matrix.rows, this.place.row, 'row')}
        ${
          matrix.isWrapped
            ? this.input(l10n.t('From'), tensor.parameters, this.place.row * matrix.columns, 'line')
            : this.input(l10n.t('Column'), matrix.columns, this.place.column, 'column')
        }
        <span class="segments spread" role="group" aria-label=${l10n.t('Number format')}>
          ${NUMBER_FORMATS.map(
            (format) =>
              html`<button
                aria-pressed=${format === this.format}
                data-format=${format}
                @click=${() => this.dispatchEvent(new CustomEvent('number-format', { detail: format }))}
              >
                ${FORMAT_TITLES[format]}
              </button>`,
          )}
        </span>
      </div>
      ${problem === undefined ? nothing : errorNotice(problem)} ${this.table(tensor)}`;
  }

  private table(tensor: ListedTensor): TemplateResult | typeof nothing {
    const { shown } = this;
    if (shown === undefined)
      return this.problem === undefined ? html`<p class="muted small">${l10n.t('Reading…')}</p>` : nothing;
    const { place, width, values } = shown;
    const matrix = matrixOf(tensor, width);
    const { offset, stride, rows, columns } = windowAt(place, matrix, width);
    const scale = values.reduce<number>(
      (most, value) => (typeof value === 'number' ? Math.max(most, Math.abs(value)) : most),
      0,
    );
    const columnAt = (index: number): number => (matrix.isWrapped ? index : place.column + index);
    const rowAt = (index: number): number =>
      matrix.isWrapped ? (place.row + index) * matrix.columns : place.row + index;
    return html`<div
      class="frame"
      tabindex="0"
      role="region"
      aria-label=${l10n.t('Values of rows {0} to {1} of {2}; arrow and page keys move the window', place.row, place.row + rows - 1, formatCount(matrix.rows))}
      data-values=${values.length}
      @keydown=${(event: KeyboardEvent) => this.key(event, matrix)}
    >
      <table>
        <thead>
          <tr>
            <th scope="col"><span class="hidden-visually">${l10n.t('Row')}</span></th>
            ${Array.from({ length: columns }, (_, index) => html`<th scope="col">${matrix.isWrapped ? '+' : ''}${columnAt(index)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${Array.from(
            { length: rows },
            (_, row) =>
              html`<tr>
                <th scope="row">${formatCount(rowAt(row))}</th>
                ${Array.from({ length: columns }, (__, column) =>
                  this.cell(values[row * columns + column] ?? null, tensor, scale, offset + row * stride + column),
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private cell(value: WindowValue, tensor: ListedTensor, scale: number, index: number): TemplateResult {
    if (value === null) return html`<td></td>`;
    const marked = index === this.marked?.index ? 'marked' : '';
    if (typeof value === 'string') {
      const isBad = /^(NaN|-?Infinity)$/.test(value);
      return html`<td class="${marked} ${isBad ? 'bad' : ''}">${value.replace('Infinity', '∞')}</td>`;
    }
    const share = scale === 0 ? 0 : Math.abs(value) / scale;
    const color = value < 0 ? 'var(--orange)' : 'var(--vscode-charts-blue)';
    return html`<td
      class=${marked}
      ${styled({ background: `color-mix(in srgb, ${color} ${Math.round(38 * share)}%, transparent)` })}
    >
      ${this.text(value, tensor)}
    </td>`;
  }

  private text(value: number, tensor: ListedTensor): string {
    switch (this.format) {
      case 'short':
        return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : formatValue(value);
      case 'exact':
        return exactText(value, tensor);
      case 'scientific':
        return withDecimalMark(value.toExponential(3).replace('e+', 'e'));
    }
  }

  private input(title: string, size: number, value: number, where: number | 'row' | 'column' | 'line'): TemplateResult {
    return html`<label
      >${title}
      <input
        type="number"
        min="0"
        max=${Math.max(0, size - 1)}
        data-goto=${where}
        .value=${String(value)}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) this.goTo(where, Number(event.target.value));
        }}
      />
      ${l10n.t('of {0}', formatCount(size))}</label
    >`;
  }

  private goTo(where: number | 'row' | 'column' | 'line', value: number): void {
    const { place } = this;
    if (where === 'row') this.move({ ...place, row: value });
    else if (where === 'column') this.move({ ...place, column: value });
    else if (where === 'line') this.move({ ...place, row: Math.floor(value / this.width) });
    else this.move({ ...place, leading: Object.assign([...place.leading], { [where]: value }) });
  }

  private key(event: KeyboardEvent, matrix: Matrix): void {
    const { row, column } = this.place;
    const moves: Readonly<Record<string, Partial<Place>>> = {
      ArrowDown: { row: row + 1 },
      ArrowUp: { row: row - 1 },
      ArrowRight: { column: column + 1 },
      ArrowLeft: { column: column - 1 },
      PageDown: { row: row + WINDOW_ROWS },
      PageUp: { row: row - WINDOW_ROWS },
      Home: { row: 0, column: 0 },
      End: { row: matrix.rows, column: matrix.columns },
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.move({ ...this.place, ...move });
  }

  private move(place: Place): void {
    if (this.tensor === undefined) return;
    this.place = clamped(place, matrixOf(this.tensor, this.width), this.width);
  }

  private load(): void {
    const { tensor, width } = this;
    if (tensor === undefined) return;
    const matrix = matrixOf(tensor, width);
    const place = clamped(this.place, matrix, width);
    this.loading.run(async () => {
      try {
        const values = await this.read(windowAt(place, matrix, width));
        if (tensor !== this.tensor) return;
        this.shown = { place, width, values };
        this.problem = undefined;
      } catch (error) {
        this.problem = messageOf(error);
      }
      this.requestUpdate();
    });
  }
}

customElements.define('mora-values', ValuesTable);
