import { css, html, type TemplateResult } from 'lit';
import { styled } from './styled';

/** How far something is, as a bar; `share` is from 0 to 1. A panel's own style says how wide it is. */
export function progressBar(label: string, share: number): TemplateResult {
  return html`<span
    class="progress"
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(100 * share)}
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
  }
  .progress i {
    display: block;
    height: 100%;
    background: var(--vscode-progressBar-background, var(--vscode-charts-blue));
    transform-origin: left;
    /* Of the compositor alone: a width would lay out the page in every frame. */
    transition: transform 0.2s linear;
  }
`;
