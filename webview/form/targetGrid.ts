import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Plan, PlannedModule } from '../../src/engine/rpc/plan';
import { baseStyles } from '../shared/baseStyles';
import { cellKey, type Selection } from './selection';
import {
  cellFigure,
  cellSize,
  describeCell,
  describeScore,
  heatOf,
  mostOf,
  scoreText,
  shadeOf,
  type Scores,
  type ShadeBy,
} from './targetFigures';
import { heatStyles } from './heatStyles';
import { gridStyles } from './targetGridStyles';
import { between, cellsOf, moved, painted, type Place } from './gridPaint';

/**
 * The grid layers × modules. Click or Space toggles, dragging paints, Shift extends to a rectangle, the head of a row or
 * column toggles it whole. Fires `select` with the new selection, once a gesture, and `point` with the key of the cell looked at,
 * empty for none.
 */
export class TargetGrid extends LitElement {
  static override properties = {
    plan: { attribute: false },
    selection: { attribute: false },
    shadeBy: { type: String },
    scores: { attribute: false },
    stale: { type: Boolean },
    at: { state: true },
    draft: { state: true },
  };
  static override styles = [baseStyles, heatStyles, gridStyles];

  plan: Plan | undefined;
  selection: Selection = new Set();
  shadeBy: ShadeBy = 'rankBound';
  /** By cell, where they were measured and hold. */
  scores: Scores | undefined;
  stale = false;
  /** The cell that the keyboard is on: row −1 and column −1 are the heads. */
  private at: Place = { row: 0, column: 0 };
  /** The selection while a gesture goes on. */
  private draft: Selection | undefined;
  private gesture: { readonly value: boolean; readonly before: Selection } | undefined;
  private anchor: Place = { row: 0, column: 0 };
  private readonly endGesture = (): void => this.commit();

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('pointerup', this.endGesture);
    window.addEventListener('pointercancel', this.endGesture);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('pointerup', this.endGesture);
    window.removeEventListener('pointercancel', this.endGesture);
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    const columns = this.columns.length;
    if (changed.has('plan')) this.style.setProperty('--columns', String(columns));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { plan } = this;
    if (plan === undefined) return nothing;
    const cells = new Map(plan.modules.map((module) => [cellKey(module.layer, module.module), module]));
    const most = this.shadeBy === 'score' ? 0 : mostOf(plan, this.shadeBy);
    return html`<div
      class=${this.stale ? 'grid stale' : 'grid'}
      role="grid"
      aria-label=${l10n.t('Target modules: layers by modules')}
      aria-multiselectable="true"
      @pointerdown=${this.onPointerDown}
      @pointerover=${this.onPointerOver}
      @pointerleave=${() => this.point(undefined)}
      @keydown=${this.onKeyDown}
      @focusin=${this.onFocusIn}
    >
      <div class="line" role="row">
        <div
          class="corner"
          role="columnheader"
          data-row="-1"
          data-column="-1"
          tabindex=${this.tabIndexOf(-1, -1)}
          aria-label=${l10n.t('all modules')}
        >
          ${l10n.t('layer')}
        </div>
        ${this.columns.map(
          (name, column) =>
            html`<div
              class="head"
              role="columnheader"
              data-row="-1"
              data-column=${column}
              tabindex=${this.tabIndexOf(-1, column)}
              aria-label=${l10n.t('all of {0}', name)}
            >
              ${name.replace(/_proj$/, '')}<span class="suffix">${name.endsWith('_proj') ? '_proj' : ''}</span>
            </div>`,
        )}
      </div>
      ${Array.from(
        { length: plan.model.layers },
        (_, row) =>
          html`<div class="line" role="row">
            <div
              class="head layer"
              role="rowheader"
              data-row=${row}
              data-column="-1"
              tabindex=${this.tabIndexOf(row, -1)}
              aria-label=${l10n.t('all of layer {0}', row)}
            >
              ${row}
            </div>
            ${this.columns.map((name, column) => this.cell(cells.get(cellKey(row, name)), row, column, most))}
          </div>`,
      )}
    </div>`;
  }

  private cell(module: PlannedModule | undefined, row: number, column: number, most: number): TemplateResult {
    if (module === undefined) return html`<div class="cell absent" role="gridcell"></div>`;
    const key = cellKey(row, module.module);
    const selected = this.shown.has(key);
    const scored = this.scores?.get(key);
    const classes = ['cell', selected ? 'on' : 'off'];
    if (this.shadeBy !== 'score') {
      if (selected) classes.push(`shade${shadeOf(module, this.shadeBy, most)}`);
    } else if (scored !== undefined && this.scores !== undefined) {
      classes.push('scored', `heat${heatOf(scored, this.scores)}`);
      if (scored.suggested) classes.push('suggested');
    }
    const score = scored === undefined ? '' : `. ${describeScore(scored, this.scores?.size ?? 0)}`;
    const description = `${describeCell(module, selected)}${score}`;
    if (module.error !== undefined) classes.push('refused');
    else if (module.warning !== undefined) classes.push('warned');
    return html`<div
      class=${classes.join(' ')}
      role="gridcell"
      data-row=${row}
      data-column=${column}
      tabindex=${this.tabIndexOf(row, column)}
      aria-selected=${selected ? 'true' : 'false'}
      aria-label=${description}
      title=${description}
    >
      ${this.shadeBy === 'score' && scored !== undefined ? scoreText(scored.score) : selected ? this.figures(module) : ''}
    </div>`;
  }

  private figures(module: PlannedModule): TemplateResult {
    const by = this.shadeBy === 'parameters' ? 'parameters' : 'rankBound';
    return html`${cellFigure(module, by)}<span class="size" data-size=${cellSize(module)}></span>`;
  }

  private get columns(): readonly string[] {
    return this.plan?.model.modules ?? [];
  }

  private get shown(): Selection {
    return this.draft ?? this.selection;
  }

  private get shape(): { layers: number; modules: readonly string[] } {
    return { layers: this.plan?.model.layers ?? 0, modules: this.columns };
  }

  private tabIndexOf(row: number, column: number): number {
    return row === this.at.row && column === this.at.column ? 0 : -1;
  }

  private readonly onPointerDown = (event: PointerEvent): void => {
    const place = placeOf(event);
    if (place === undefined || event.button !== 0) return;
    event.preventDefault();
    if (event.shiftKey) {
      this.paint(between(this.anchor, place), true);
      this.commit();
    } else {
      const value = !cellsOf(place, this.shape).every((key) => this.shown.has(key));
      this.anchor = place;
      this.gesture = { value, before: this.selection };
      this.paint([place], value);
    }
    this.focusOn(place);
  };

  private readonly onPointerOver = (event: PointerEvent): void => {
    const place = placeOf(event);
    this.point(place);
    if (place === undefined || this.gesture === undefined) return;
    // The rectangle from where the drag began: it shrinks again when the pointer comes back.
    this.draft = painted(this.gesture.before, between(this.anchor, place), this.gesture.value, this.shape);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      const cells = cellsOf(this.at, this.shape);
      this.anchor = this.at;
      this.paint([this.at], !cells.every((key) => this.shown.has(key)));
      this.commit();
      return;
    }
    if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.paint([{ row: -1, column: -1 }], true);
      this.commit();
      return;
    }
    const next = moved(this.at, event, this.shape);
    if (next === undefined) return;
    event.preventDefault();
    if (event.shiftKey) {
      this.paint(between(this.anchor, next), true);
      this.commit();
    } else this.anchor = next;
    this.focusOn(next);
  };

  private readonly onFocusIn = (event: FocusEvent): void => {
    const place = placeOf(event);
    if (place === undefined) return;
    this.at = place;
    this.point(place);
  };

  private focusOn(place: Place): void {
    this.at = place;
    const target = this.renderRoot.querySelector(`[data-row="${place.row}"][data-column="${place.column}"]`);
    if (target instanceof HTMLElement) target.focus();
  }

  private paint(places: readonly Place[], value: boolean): void {
    this.draft = painted(this.shown, places, value, this.shape);
  }

  private commit(): void {
    this.gesture = undefined;
    const { draft } = this;
    if (draft === undefined) return;
    this.draft = undefined;
    this.selection = draft;
    this.dispatchEvent(new CustomEvent<Selection>('select', { detail: draft }));
  }

  private point(place: Place | undefined): void {
    const module = place === undefined || place.row < 0 ? undefined : this.columns[place.column];
    // A CustomEvent turns undefined into null.
    const detail = place === undefined || module === undefined ? '' : cellKey(place.row, module);
    this.dispatchEvent(new CustomEvent<string>('point', { detail }));
  }
}

function placeOf(event: Event): Place | undefined {
  const element = event.target instanceof Element ? event.target.closest('[data-row]') : null;
  if (!(element instanceof HTMLElement)) return undefined;
  return { row: Number(element.dataset.row), column: Number(element.dataset.column) };
}

customElements.define('mora-target-grid', TargetGrid);
