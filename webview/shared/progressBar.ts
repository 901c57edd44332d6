import { css, html, nothing, type TemplateResult } from 'lit';
import { styled } from './styled';

export interface BarOptions {
  /** The state of what goes on, as a class that sets --state, the bar's colour. */
  readonly state?: string;
  /** How far it is in words, for who hears the bar instead of its share. */
  readonly text?: string;
}

/** How far something is, as a bar; `share` is from 0 to 1. A panel's own style says how wide it is. */
export function progressBar(label: string, share: number, { state = '', text }: BarOptions = {}): TemplateResult {
  return html`<span
    class="progress ${state}"
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(100 * share)}
    aria-valuetext=${text ?? nothing}
    ><i ${styled({ transform: `scaleX(${share.toFixed(4)})` })}></i
  ></span>`;
}

export const progressStyles = css`
  .progress {
    display: block;
    height: 4px;
    border-radius: 2px;
    overflow: hidden;
    background: color-mix(in srgb, var(--vscode-foreground) 15%, transparent);
    --state: var(--vscode-progressBar-background, var(--vscode-charts-blue));
  }
  .progress i {
    display: block;
    height: 100%;
    background: var(--state);
    transform-origin: left;
    /* Of the compositor alone: a width would lay out the page in every frame. */
    transition: transform 0.2s linear;
  }
  :host-context(.vscode-high-contrast) .progress,
  :host-context(.vscode-high-contrast-light) .progress {
    outline: 1px solid var(--vscode-contrastBorder);
  }
`;
