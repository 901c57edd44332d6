import * as l10n from '@vscode/l10n';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Cell, Measure, Settings } from '../../src/host/protocol/rankView';
import { FIRST_SETTINGS } from './settings';
import { formatCount } from '../shared/format';
import { ramp, type Ramp } from '../shared/ramp';
import { styled } from '../shared/styled';
import { readTheme, type Theme } from '../shared/theme';
import { moveBy } from './gridKeys';
import { figureOf, gridOf, MEASURES, shareOf } from './measures';

export interface Place {
  readonly layer: number;
  readonly module: string;
}

export type SelectEvent = CustomEvent<Place>;

/** The deepest published decoders have about 130 layers; experts of a mixture are modules by the hundred. */
const MOST_LAYERS = 256;
const MOST_MODULES = 32;

/** Layers × modules: <mora-heat-map>. One cell is in the tab order; arrows, Home, End and the page keys move from it. */
export class HeatMap extends LitElement {
  static override properties = {
    cells: { attribute: false },
    measure: { attribute: false },
    settings: { attribute: false },
    name: { attribute: false },
    extent: { attribute: false },
    selected: { attribute: false },
    theme: { attribute: false },
  };

  static override styles = css`
    :host {
      display: block;
      font-variant-numeric: tabular-nums;
    }
    [role='grid'] {
      display: grid;
      gap: 2px;
      grid-template-columns: auto repeat(var(--modules), minmax(34px, 1fr));
    }
    [role='row'] {
      display: contents;
    }
    [role='columnheader'],
    [role='rowheader'] {
      color: var(--vscode-descriptionForeground);
      font-size: 0.846em;
      font-weight: 400;
      white-space: nowrap;
    }
    [role='columnheader'] {
      text-align: center;
      padding-bottom: 4px;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    [role='rowheader'] {
      text-align: right;
      padding-right: 8px;
      line-height: var(--cell);
      min-width: 20px;
    }
    .selected-header {
      color: var(--vscode-foreground);
      font-weight: 600;
    }
    [role='gridcell'] {
      height: var(--cell);
      line-height: var(--cell);
      border-radius: 3px;
      text-align: center;
      font-size: 0.846em;
      cursor: pointer;
      overflow: hidden;
      position: relative;
    }
    [role='gridcell']:hover {
      box-shadow: inset 0 0 0 1px var(--vscode-foreground);
    }
    [role='gridcell'][aria-selected='true'] {
      box-shadow:
        0 0 0 1px var(--vscode-editor-background),
        0 0 0 3px var(--vscode-focusBorder);
      z-index: 1;
    }
    [role='gridcell']:focus-visible {
      outline: 2px solid var(--vscode-focusBorder);
      outline-offset: 1px;
      z-index: 2;
    }
    @media (forced-colors: active) {
      [role='gridcell'] {
        forced-color-adjust: none;
      }
    }
    .unknown {
      box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--vscode-foreground) 20%, transparent);
      color: var(--vscode-descriptionForeground);
    }
    .cut {
      margin: 8px 0 0;
      font-size: 0.846em;
      color: var(--vscode-descriptionForeground);
    }
    .absent {
      background: repeating-linear-gradient(
        -45deg,
        transparent 0 4px,
        color-mix(in srgb, var(--vscode-foreground) 8%, transparent) 4px 5px
      );
      cursor: default;
    }
  `;

  cells: readonly Cell[] = [];
  measure: Measure = 'effectiveRank';
  settings: Settings = FIRST_SETTINGS;
  /** Of the source, where there are two maps. */
  name = '';
  extent: readonly [number, number] = [0, 1];
  selected: Place | null = null;
  theme: Theme = readTheme();

  /** A key moved the choice: focus goes along when it has been drawn. */
  private focusFollows = false;

  override updated(changed: PropertyValues<this>): void {
    if (!this.focusFollows || !changed.has('selected')) return;
    this.focusFollows = false;
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  override render(): TemplateResult {
    const { layers: all, modules: every } = gridOf(this.cells);
    // A page with more cells would not answer; the table has them all.
    const layers = all.slice(0, MOST_LAYERS);
    const modules = every.slice(0, MOST_MODULES);
    const isCut = layers.length < all.length || modules.length < every.length;
    const colors = ramp(this.theme.isDark);
    const at = new Map(this.cells.map((cell) => [`${cell.layer} ${cell.module}`, cell]));
    // Many layers still fit a screen without scrolling far.
    const size = layers.length > 40 ? 16 : layers.length > 20 ? 20 : 28;
    return html`<div
        role="grid"
        aria-label=${this.caption()}
        aria-rowcount=${layers.length + 1}
        aria-colcount=${modules.length + 1}
        ${styled({ '--modules': String(modules.length), '--cell': `${size}px` })}
        @keydown=${(event: KeyboardEvent) => this.key(event, layers, modules)}
      >
        <div role="row">
          <span role="columnheader">${l10n.t('Layer')}</span>
          ${modules.map(
            (module) =>
              html`<span
                role="columnheader"
                class=${module === this.selected?.module ? 'selected-header' : ''}
                title=${module}
                >${module.replace(/_proj$/, '')}<span aria-hidden="true"></span
              ></span>`,
          )}
        </div>
        ${layers.map(
          (layer) =>
            html`<div role="row">
              <span role="rowheader" class=${layer === this.selected?.layer ? 'selected-header' : ''}>${layer}</span>
              ${modules.map((module) => this.cell(at.get(`${layer} ${module}`), { layer, module }, colors, size))}
            </div>`,
        )}
      </div>
      ${
        isCut
          ? html`<p class="cut">
              ${l10n.t(
                'Shown are {0} of {1} layers and {2} of {3} modules; the table has them all.',
                ...[layers, all, modules, every].map(({ length }) => formatCount(length)),
              )}
            </p>`
          : nothing
      }`;
  }

  private caption(): string {
    const measure = MEASURES[this.measure].title(this.settings);
    return this.name === ''
      ? l10n.t('{0} of ΔW, layers by modules', measure)
      : l10n.t('{0} of ΔW of {1}, layers by modules', measure, this.name);
  }

  private cell(cell: Cell | undefined, place: Place, colors: Ramp, size: number): TemplateResult {
    const isSelected = place.layer === this.selected?.layer && place.module === this.selected.module;
    if (cell === undefined) {
      return html`<div
        role="gridcell"
        class="absent"
        aria-label=${l10n.t('layer {0}, {1}, not adapted', place.layer, place.module)}
      ></div>`;
    }
    const title = MEASURES[this.measure].title(this.settings);
    const value = cell[this.measure];
    const figure = figureOf(cell, this.measure);
    const share = value === null ? undefined : shareOf(value, this.extent);
    return html`<div
      role="gridcell"
      data-cell="${place.layer} ${place.module}"
      tabindex=${isSelected ? 0 : -1}
      aria-selected=${isSelected}
      aria-label=${l10n.t('layer {0}, {1}, {2} {3}', place.layer, place.module, title, value === null ? l10n.t('not known') : figure)}
      title=${l10n.t('Layer {0} · {1}: {2}', place.layer, place.module, figure)}
      class=${share === undefined ? 'unknown' : ''}
      ${styled(share === undefined ? {} : { background: colors.color(share), color: colors.ink(share) })}
      @click=${() => this.select(place)}
    >
      ${size < 20 ? nothing : figure}
    </div>`;
  }

  private key(event: KeyboardEvent, layers: readonly number[], modules: readonly string[]): void {
    if (this.selected === null) return;
    const row = layers.indexOf(this.selected.layer);
    const column = modules.indexOf(this.selected.module);
    const moved = moveBy(event, row, column, layers.length, modules.length);
    if (moved === undefined) return;
    event.preventDefault();
    const layer = layers[moved.row];
    const module = modules[moved.column];
    if (layer === undefined || module === undefined) return;
    if (!this.cells.some((cell) => cell.layer === layer && cell.module === module)) return;
    this.select({ layer, module });
    this.focusFollows = true;
  }

  private select(place: Place): void {
    this.dispatchEvent(new CustomEvent('cell-select', { detail: place }));
  }
}

customElements.define('mora-heat-map', HeatMap);
