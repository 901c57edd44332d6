import { css, html, LitElement, type TemplateResult } from 'lit';
import { ramp } from '../shared/ramp';
import { readTheme, type Theme } from '../shared/theme';

const PIXELS = 256;

/** The colour scale from least to greatest: <mora-ramp>. */
export class RampStrip extends LitElement {
  static override properties = { theme: { attribute: false } };

  static override styles = css`
    :host {
      display: block;
      flex: 0 1 220px;
      min-width: 80px;
      height: 8px;
    }
    canvas {
      display: block;
      width: 100%;
      height: 100%;
      border-radius: 4px;
    }
  `;

  theme: Theme = readTheme();

  override render(): TemplateResult {
    return html`<canvas width=${PIXELS} height="1" aria-hidden="true"></canvas>`;
  }

  override updated(): void {
    const context = this.renderRoot.querySelector('canvas')?.getContext('2d');
    if (context == null) return;
    const { color } = ramp(this.theme.isDark);
    for (let x = 0; x < PIXELS; x++) {
      context.fillStyle = color(x / (PIXELS - 1));
      context.fillRect(x, 0, 1, 1);
    }
  }
}

customElements.define('mora-ramp', RampStrip);
