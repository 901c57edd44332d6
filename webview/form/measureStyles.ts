import { css } from 'lit';

/** Of what is measured: the suggestion under the grid's tools, and the plan with its bar of memory. */
export const measureStyles = css`
  .suggest {
    gap: 5px;
  }
  .suggestion {
    display: grid;
    gap: 6px;
    margin-bottom: 10px;
    padding: 8px 10px;
    border: 1px solid var(--line);
    border-radius: 5px;
    background: color-mix(in srgb, var(--vscode-foreground) 3%, transparent);
  }
  .proposal,
  .legend,
  .measuring {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 14px;
  }
  .use {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    border-color: var(--vscode-button-border, transparent);
  }
  .use:hover {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-hoverBackground);
  }
  .legend .documented,
  .plan .documented {
    cursor: help;
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  .scale {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .scale svg {
    width: 110px;
    height: 10px;
    border: 1px solid var(--line);
    border-radius: 2px;
  }
  .scale rect {
    fill: color-mix(in srgb, var(--heat) var(--at), transparent);
  }
  .key {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .framed {
    width: 14px;
    height: 10px;
    border: 1px solid color-mix(in srgb, var(--vscode-foreground) 75%, transparent);
    border-radius: 2px;
  }
  .dot {
    width: 5px;
    height: 5px;
    border-radius: 50%;
    background: var(--vscode-foreground);
  }

  .progress {
    flex: 0 0 160px;
  }
  .activity {
    flex: 1;
    min-width: 180px;
  }

  .plan {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(240px, 2fr);
    gap: 14px 40px;
    align-items: start;
  }
  @media (max-width: 720px) {
    .plan {
      grid-template-columns: 1fr;
    }
  }
  .plan h3 {
    margin-bottom: 6px;
  }
  .plan .figure {
    font-size: 1.23em;
    font-weight: 600;
  }
  .memory svg {
    display: block;
    margin-top: 4px;
    width: 100%;
    height: 16px;
    border-radius: 3px;
  }
  .memory .room {
    fill: color-mix(in srgb, var(--vscode-foreground) 9%, transparent);
  }
  .memory .mark {
    fill: var(--vscode-foreground);
  }
  .weights {
    --part: var(--vscode-charts-blue);
  }
  .activations {
    --part: var(--vscode-charts-purple);
  }
  .adapter {
    --part: var(--vscode-charts-green);
  }
  .optimizer {
    --part: var(--vscode-charts-yellow);
  }
  .working {
    --part: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
  }
  .memory rect.part {
    fill: var(--part);
  }
  .parts {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin-top: 8px;
  }
  .parts div {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .parts dt {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--muted);
  }
  .parts dt::before {
    content: '';
    width: 9px;
    height: 9px;
    border-radius: 2px;
    background: var(--part);
  }
  .over {
    color: var(--vscode-editorWarning-foreground);
  }
  .measured {
    display: grid;
    justify-items: start;
    gap: 6px;
  }
  .outdated {
    opacity: 0.7;
  }
  :host-context(.vscode-high-contrast) .memory svg,
  :host-context(.vscode-high-contrast-light) .memory svg {
    outline: 1px solid var(--vscode-contrastBorder);
  }
  :host-context(.vscode-high-contrast) .use,
  :host-context(.vscode-high-contrast-light) .use {
    border-color: var(--vscode-contrastActiveBorder, var(--vscode-contrastBorder));
  }
  @media (forced-colors: active) {
    .parts dt::before {
      forced-color-adjust: none;
    }
  }
`;
