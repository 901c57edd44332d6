import { css } from 'lit';

/** Five steps of the accent; in high contrast the border and the figure carry the choice, and colour only the heat of scores. */
export const gridStyles = css`
  .grid {
    --accent: var(--vscode-charts-blue);
    user-select: none;
    touch-action: none;
    max-height: 460px;
    overflow: auto;
    transition: opacity 120ms;
  }
  .line {
    display: grid;
    grid-template-columns: 4.5em repeat(var(--columns, 7), minmax(52px, 1fr));
    gap: 2px;
    margin-bottom: 2px;
  }
  .line:first-child {
    position: sticky;
    top: 0;
    z-index: 1;
    background: var(--vscode-editor-background);
  }
  .head,
  .corner {
    display: flex;
    align-items: center;
    justify-content: center;
    height: 24px;
    border-radius: 3px;
    font-size: 0.923em;
    cursor: pointer;
    overflow: hidden;
  }
  .layer,
  .corner {
    justify-content: flex-end;
    padding-right: 10px;
  }
  .layer {
    height: auto;
  }
  .corner,
  .layer,
  .suffix {
    color: var(--muted);
  }
  @media (max-width: 560px) {
    .suffix {
      display: none;
    }
  }
  .head:hover,
  .corner:hover {
    color: var(--vscode-foreground);
    background: var(--vscode-toolbar-hoverBackground);
  }
  .cell {
    display: flex;
    align-items: center;
    justify-content: center;
    height: 26px;
    border-radius: 3px;
    font-size: 0.923em;
    cursor: pointer;
    border: 1px solid transparent;
    position: relative;
    container-type: inline-size;
    transition: background-color 90ms;
  }
  /* Of the sheet, for what is written in a cell is to be a part of its name (WCAG 2.5.3), which says this in other words. */
  .size::before {
    content: attr(data-size);
    margin-left: 8px;
    font-weight: 400;
  }
  .size[data-size='']::before {
    display: none;
  }
  @container (max-width: 84px) {
    .size::before {
      display: none;
    }
  }
  .off {
    background: color-mix(in srgb, var(--vscode-foreground) 5%, transparent);
  }
  .off:hover {
    background: color-mix(in srgb, var(--vscode-foreground) 11%, transparent);
  }
  .absent {
    cursor: default;
  }
  .on {
    color: #ffffff;
    font-weight: 500;
  }
  :host-context(.vscode-light) .on {
    color: #000000;
  }
  .shade1 {
    background: color-mix(in srgb, var(--accent) 16%, transparent);
  }
  .shade2 {
    background: color-mix(in srgb, var(--accent) 27%, transparent);
  }
  .shade3 {
    background: color-mix(in srgb, var(--accent) 38%, transparent);
  }
  .shade4 {
    background: color-mix(in srgb, var(--accent) 50%, transparent);
  }
  .shade5 {
    background: color-mix(in srgb, var(--accent) 58%, transparent);
  }
  /* Scores: every cell has its heat; a frame says what is chosen, a dot what is suggested. */
  .scored {
    background: color-mix(in srgb, var(--heat) var(--at), transparent);
    color: var(--vscode-foreground);
    font-weight: 400;
  }
  .scored.on {
    border-color: color-mix(in srgb, var(--vscode-foreground) 75%, transparent);
    font-weight: 600;
  }
  .suggested::before {
    content: '';
    position: absolute;
    top: 3px;
    left: 3px;
    width: 5px;
    height: 5px;
    border-radius: 50%;
    background: var(--vscode-foreground);
  }
  .on:hover {
    border-color: var(--accent);
  }
  .stale .on {
    color: var(--muted);
  }
  .refused {
    color: var(--vscode-errorForeground);
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  .on.warned::after {
    content: '';
    position: absolute;
    top: 2px;
    right: 2px;
    border: 3px solid transparent;
    border-top-color: var(--vscode-editorWarning-foreground);
    border-right-color: var(--vscode-editorWarning-foreground);
  }
  .cell:focus-visible,
  .head:focus-visible,
  .corner:focus-visible {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  :host-context(.vscode-high-contrast) .cell,
  :host-context(.vscode-high-contrast-light) .cell {
    background: transparent;
    border: 1px dotted color-mix(in srgb, var(--vscode-contrastBorder) 40%, transparent);
  }
  :host-context(.vscode-high-contrast) .cell.on,
  :host-context(.vscode-high-contrast-light) .cell.on {
    border: 1px solid var(--vscode-contrastActiveBorder, var(--vscode-contrastBorder));
    font-weight: 700;
  }
  :host-context(.vscode-high-contrast) .cell.scored,
  :host-context(.vscode-high-contrast-light) .cell.scored {
    background: color-mix(in srgb, var(--heat) var(--at), transparent);
  }
  @media (forced-colors: active) {
    .cell {
      forced-color-adjust: none;
    }
  }
`;
