import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { MoraMode } from '../../src/config/mode';
import { onThemeChange } from '../shared/theme';
import { cellColor, cornerColors, type Rgb } from './tieColors';

export type Structure = 'mora' | 'lora' | 'full';

/** What can be drawn: a whole ΔW, or LoRA's factors B (a column of rows) and A (a row of columns). */
export type Drawable = Structure | 'b' | 'a';

/**
 * A small ΔW whose cells are coloured by the entries of M they consist of: equal colours are tied to one number.
 * For LoRA every row and column is a mixture of r of them; a full ΔW has a number of its own in every cell.
 */
export class TieDrawing extends LitElement {
  static override properties = {
    structure: { type: String },
    mode: { type: String },
    entries: { type: Number },
    size: { type: Number },
    cell: { type: Number },
  };
  static override styles = css`
    :host {
      display: inline-block;
      line-height: 0;
    }
    canvas {
      border-radius: 2px;
    }
    :host-context(.vscode-high-contrast) canvas,
    :host-context(.vscode-high-contrast-light) canvas {
      outline: 1px solid var(--vscode-contrastBorder);
    }
  `;

  structure: Drawable = 'mora';
  mode: MoraMode = 'rotation';
  /** Side of ΔW, in entries. */
  entries = 12;
  /** Side of M (r̂) in the drawing. */
  size = 4;
  /** Side of an entry in CSS pixels. */
  cell = 4;

  private theme: { dispose(): void } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.theme = onThemeChange(() => this.draw());
  }

  override disconnectedCallback(): void {
    this.theme?.dispose();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`<canvas aria-hidden="true"></canvas>`;
  }

  protected override updated(_changed: PropertyValues): void {
    this.draw();
  }

  private draw(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const ratio = window.devicePixelRatio || 1;
    const rows = this.structure === 'a' ? FACTOR_RANK : this.entries;
    const columns = this.structure === 'b' ? FACTOR_RANK : this.entries;
    const [width, height] = [columns * this.cell, rows * this.cell];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const corners = cornerColors();
    // A hairline between cells, where there is room for one.
    const gap = this.cell >= 6 ? 1 : 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const color = cellColor(this, corners, row, column);
        context.fillStyle = color === undefined ? corners.empty : rgb(color);
        context.fillRect(column * this.cell, row * this.cell, this.cell - gap, this.cell - gap);
      }
    }
  }
}

/** r of LoRA in the drawing. */
const FACTOR_RANK = 2;

function rgb([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
}

customElements.define('mora-tie-drawing', TieDrawing);
