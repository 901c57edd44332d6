import { css } from 'lit';

/** What all panels share. The unit of space is 4 px; figures line up because every digit is as wide as the others. */
export const baseStyles = css`
  :host {
    display: block;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    font-variant-numeric: tabular-nums;
    line-height: 1.4;
    --hairline: 1px solid var(--line);
    --line: var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 12%, transparent));
    --row-line: color-mix(in srgb, var(--vscode-foreground) 12%, transparent);
    --muted: var(--vscode-descriptionForeground);
    --small: 0.846em;
    /* The theme's orange is that of search matches: translucent, and missing in high contrast. */
    --orange: rgb(from var(--vscode-charts-orange, var(--vscode-foreground)) r g b / 1);
    --secondary-border: var(--vscode-button-secondaryBorder, var(--vscode-button-border, transparent));
  }
  /* The elements know one border for all buttons; newer themes give it the colour of the focus, and secondary ones their own. */
  vscode-button[secondary] {
    --vscode-button-border: var(--secondary-border);
  }
  :host-context(.vscode-high-contrast),
  :host-context(.vscode-high-contrast-light) {
    --row-line: color-mix(in srgb, var(--vscode-foreground) 40%, transparent);
  }
  * {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd {
    margin: 0;
    font-weight: inherit;
  }
  h1 {
    font-size: 1.54em;
    font-weight: 600;
    letter-spacing: -0.01em;
    line-height: 1.25;
  }
  h2 {
    font-size: 1em;
    font-weight: 600;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: var(--small);
  }
  .row {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 8px;
  }
  .spread {
    margin-left: auto;
  }
  .hidden-visually {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .segments {
    display: inline-flex;
    border: 1px solid var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 16%, transparent));
    border-radius: 4px;
    overflow: hidden;
  }
  .segments button + button {
    border-left: 1px solid var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 16%, transparent));
  }
  .segments button,
  .toggle {
    font: inherit;
    font-size: 0.923em;
    line-height: 20px;
    padding: 0 8px;
    border: 0;
    color: var(--muted);
    background: transparent;
    cursor: pointer;
  }
  .toggle {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    border-radius: 4px;
    border: 1px solid transparent;
  }
  .segments button:hover,
  .toggle:hover {
    color: var(--vscode-foreground);
    background: var(--vscode-toolbar-hoverBackground);
  }
  .segments button[aria-pressed='true'],
  .segments button[aria-checked='true'],
  .toggle[aria-pressed='true'] {
    color: var(--vscode-inputOption-activeForeground, var(--vscode-foreground));
    background: var(--vscode-inputOption-activeBackground, transparent);
  }
  .toggle[aria-pressed='true'] {
    border-color: var(--vscode-inputOption-activeBorder, transparent);
  }
  .toggle:disabled {
    opacity: 0.45;
    cursor: default;
  }
  :host-context(.vscode-high-contrast) .segments button[aria-checked='true'],
  :host-context(.vscode-high-contrast-light) .segments button[aria-checked='true'] {
    outline: 1px solid var(--vscode-contrastActiveBorder);
    outline-offset: -2px;
  }
  button:focus-visible,
  select:focus-visible,
  input:focus-visible,
  [tabindex]:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  select {
    font: inherit;
    font-size: 0.923em;
    height: 24px;
    padding: 0 4px;
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border: 1px solid var(--vscode-dropdown-border, transparent);
    border-radius: 4px;
  }
  input[type='range'] {
    appearance: none;
    height: 16px;
    margin: 0;
    background: transparent;
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    height: 3px;
    border-radius: 2px;
    background: color-mix(in srgb, var(--vscode-foreground) 22%, transparent);
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    width: 12px;
    height: 12px;
    margin-top: -4.5px;
    border: 0;
    border-radius: 50%;
    background: var(--vscode-progressBar-background, var(--vscode-foreground));
  }

  table {
    border-collapse: collapse;
    font-size: 0.923em;
  }
  th,
  td {
    text-align: right;
    padding: 3px 16px 3px 0;
    border-bottom: 1px solid var(--row-line);
    white-space: nowrap;
  }
  th {
    font-weight: 400;
    color: var(--muted);
  }
  th:first-child,
  td:first-child {
    text-align: left;
  }
  tbody th {
    color: inherit;
  }

  .notice {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    padding: 8px 12px;
    border-radius: 4px;
    border: 1px solid var(--vscode-inputValidation-errorBorder);
    background: var(--vscode-inputValidation-errorBackground);
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
  }
  .notice.warning {
    border-color: var(--vscode-inputValidation-warningBorder);
    background: var(--vscode-inputValidation-warningBackground);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
  }
  /*
   * A contrast theme of the system puts a few colours in the place of all others and drops shadows. Marks that say
   * something by their colour alone keep it; they are <i> throughout. What is chosen gets the system's own colours.
   */
  @media (forced-colors: active) {
    i,
    .progress,
    input[type='range'] {
      forced-color-adjust: none;
    }
    .segments button[aria-pressed='true'],
    .segments button[aria-checked='true'],
    .toggle[aria-pressed='true'] {
      forced-color-adjust: none;
      color: HighlightText;
      background: Highlight;
    }
  }
  /* The editor has a setting of its own, workbench.reduceMotion, which it hands on as a class. */
  :host-context(.vscode-reduce-motion) * {
    animation: none !important;
    transition: none !important;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;

/** The page around a panel. VS Code's own sheet comes first and gives way to it. */
export function adoptPageStyles(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('body { padding: 0 24px; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
