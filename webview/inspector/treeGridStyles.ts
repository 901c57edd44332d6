import { css } from 'lit';

/** Pixels. All rows are of one height, so that a place on screen tells its row. */
export const ROW_HEIGHT = 22;

export const treeGridStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 48px 100px 68px 66px;
    column-gap: 8px;
    align-items: center;
    padding-right: 8px;
  }
  .head {
    height: 24px;
    font-size: var(--small);
    color: var(--muted);
    border-bottom: var(--hairline);
  }
  .right {
    text-align: right;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: auto;
    position: relative;
  }
  .scroll:focus {
    outline: none;
  }
  .rows {
    position: relative;
  }
  .row {
    position: absolute;
    left: 0;
    right: 0;
    height: ${ROW_HEIGHT}px;
    cursor: pointer;
    white-space: nowrap;
    border-radius: 3px;
  }
  .row > span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .row[aria-selected='true'] {
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    background: var(--vscode-list-inactiveSelectionBackground);
  }
  .scroll:focus .row[aria-selected='true'] {
    color: var(--vscode-list-activeSelectionForeground);
    background: var(--vscode-list-activeSelectionBackground);
  }
  .scroll:focus-visible .row[aria-selected='true'] {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  :host-context(.vscode-high-contrast) .row[aria-selected='true'],
  :host-context(.vscode-high-contrast-light) .row[aria-selected='true'] {
    outline: 1px solid var(--vscode-contrastActiveBorder);
    outline-offset: -1px;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 2px;
    padding-left: calc(4px + var(--level) * 12px);
  }
  .name > span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .twist {
    flex: 0 0 16px;
    display: inline-flex;
  }
  .group {
    font-weight: 600;
  }
  .count,
  .quiet {
    color: var(--muted);
    font-weight: 400;
  }
  .row[aria-selected='true'] .count,
  .row[aria-selected='true'] .quiet {
    color: inherit;
    opacity: 0.8;
  }
  .badge {
    flex: none;
    margin-left: 6px;
    padding: 0 6px;
    border-radius: 8px;
    font-size: var(--small);
    line-height: 16px;
    color: var(--vscode-badge-foreground);
    background: var(--vscode-badge-background);
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .badge.wrong {
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-warningBackground);
    border-color: var(--vscode-inputValidation-warningBorder);
  }
  .size {
    position: relative;
    text-align: right;
  }
  .size i {
    position: absolute;
    right: 0;
    bottom: 0;
    height: 2px;
    border-radius: 1px;
    background: var(--vscode-charts-blue);
    opacity: 0.75;
  }
  .empty {
    padding: 24px 8px;
    color: var(--muted);
  }
  @media (max-width: 620px) {
    .head,
    .row {
      grid-template-columns: minmax(0, 1fr) 48px 92px 68px;
      column-gap: 8px;
    }
    .parameters {
      display: none;
    }
  }
  /* The name counts more: the page of the tensor says what it is. */
  @media (max-width: 480px) {
    .head,
    .row {
      grid-template-columns: minmax(0, 1fr) 36px 76px 62px;
      column-gap: 6px;
    }
    .badge:not(.wrong) {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected='true'],
    .scroll:focus .row[aria-selected='true'] {
      forced-color-adjust: none;
      color: HighlightText;
      background: Highlight;
    }
  }
`;
