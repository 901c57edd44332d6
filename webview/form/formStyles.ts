import { css } from 'lit';

export const formStyles = css`
  .page {
    max-width: 1080px;
    margin: 0 auto;
    padding-bottom: 48px;
  }

  header {
    position: sticky;
    top: 0;
    z-index: 4;
    display: flex;
    align-items: center;
    gap: 12px 24px;
    flex-wrap: wrap;
    padding: 16px 0 12px;
    background: var(--vscode-editor-background);
    border-bottom: var(--hairline);
  }
  .title {
    flex: 1 1 160px;
    min-width: 0;
  }
  .title h1 {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chips {
    display: flex;
    gap: 24px;
    transition: opacity 120ms;
  }
  .stale {
    opacity: 0.6;
  }
  .chip dt {
    color: var(--muted);
    font-size: var(--small);
  }
  .chip dd {
    display: inline;
    font-weight: 600;
  }
  .chip .note {
    margin-left: 5px;
    color: var(--muted);
    font-size: var(--small);
    font-weight: 400;
  }
  .tight dd {
    color: var(--vscode-editorWarning-foreground);
  }
  .actions {
    display: flex;
    gap: 8px;
  }

  /* With the time that was measured the figures are too many for one line with the title and the button. */
  .chips:has(> :nth-child(4)) {
    order: 1;
    width: 100%;
  }
  /* Where they are not wide enough for all: the button joins the title, and the sticky head stays low. */
  @media (max-width: 960px) {
    .chips {
      order: 1;
      width: 100%;
    }
  }
  @media (max-width: 560px) {
    .chips {
      gap: 20px;
    }
    .chip .note {
      display: block;
      margin-left: 0;
    }
  }

  .notices {
    display: grid;
    gap: 6px;
  }
  .notice:first-child {
    margin-top: 12px;
  }
  .notice vscode-icon {
    color: inherit;
  }

  section {
    padding: 16px 0 4px;
  }
  .section-head {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 8px 16px;
    min-height: 26px;
    margin-bottom: 10px;
  }
  .problem {
    color: var(--vscode-errorForeground);
  }
  p.problem {
    margin-bottom: 8px;
    font-size: 0.923em;
  }
  .strong {
    color: var(--vscode-foreground);
    font-weight: 600;
  }

  .method {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr));
    gap: 16px 32px;
    align-items: start;
  }
  .alone .structure {
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr));
    align-items: center;
    gap: 16px 32px;
  }
  .modes {
    display: grid;
    gap: 2px;
  }
  .mode {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 7px 10px 7px 8px;
    border: 1px solid transparent;
    border-radius: 5px;
    background: transparent;
    color: inherit;
    font: inherit;
    text-align: left;
    cursor: pointer;
  }
  .mode:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .mode[aria-checked='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    border-color: var(--vscode-contrastActiveBorder, color-mix(in srgb, var(--vscode-focusBorder) 60%, transparent));
  }
  .mode[aria-checked='true'] .mode-summary {
    color: inherit;
  }
  .mode-text {
    display: grid;
    gap: 1px;
  }
  .mode-title {
    font-weight: 500;
  }
  .type {
    margin-left: 6px;
    padding: 0 5px;
    border-radius: 8px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    font-size: 0.769em;
    font-weight: 400;
  }
  .mode-summary {
    color: var(--muted);
    font-size: 0.923em;
    line-height: 1.35;
  }

  .structure {
    display: grid;
    gap: 18px;
    padding-top: 4px;
  }
  .pictures {
    display: flex;
    align-items: center;
    gap: 14px;
  }
  .picture {
    display: grid;
    gap: 4px;
    justify-items: center;
  }
  figure {
    display: flex;
    margin: 0;
    align-items: center;
    flex-wrap: wrap;
    gap: 12px 20px;
  }
  figcaption {
    flex: 1;
    min-width: 140px;
  }
  figcaption p + p {
    margin-top: 6px;
  }
  .rank {
    display: flex;
    align-items: flex-end;
    flex-wrap: wrap;
    gap: 8px 16px;
  }
  .narrow {
    width: 84px;
  }
  .slider {
    flex: 1;
    min-width: 180px;
    padding-bottom: 1px;
  }
  .slider input {
    display: block;
    width: 100%;
  }
  :host-context(.vscode-dark) .slider input {
    color-scheme: dark;
  }
  .stops {
    display: flex;
    justify-content: space-between;
    padding: 0 3px;
  }
  .stops span {
    width: 12px;
    text-align: center;
    white-space: nowrap;
  }
  .derived {
    display: grid;
    padding-bottom: 3px;
  }
  .value {
    font-weight: 600;
  }
  .figures {
    display: grid;
    gap: 16px;
  }
  .comparison h3 {
    margin-bottom: 4px;
  }
  .comparison dl {
    display: grid;
    grid-template-columns: auto minmax(80px, 1fr) auto auto;
    align-items: center;
    gap: 4px 12px;
  }
  .bound {
    font-weight: 600;
    text-align: right;
  }
  .bar svg {
    display: block;
    width: 100%;
    height: 8px;
    border-radius: 2px;
  }
  .track {
    fill: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
  }
  .ours .near {
    fill: var(--vscode-charts-blue);
  }
  .ours .far {
    fill: color-mix(in srgb, var(--vscode-charts-blue) 45%, transparent);
  }
  /* The yardstick is neutral; the colour belongs to what is chosen. */
  .theirs rect:not(.track) {
    fill: color-mix(in srgb, var(--vscode-foreground) 55%, transparent);
  }

  .pattern {
    width: 172px;
    height: 22px;
    padding: 0 7px;
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 4px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
    font-size: 0.923em;
  }
  .pattern::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  .pattern.wrong {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  .toggle {
    border-color: var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 14%, transparent));
  }
  :host-context(.vscode-high-contrast) .segments button[aria-pressed='true'],
  :host-context(.vscode-high-contrast-light) .segments button[aria-pressed='true'] {
    outline: 1px solid var(--vscode-contrastActiveBorder);
    outline-offset: -2px;
  }
  .placeholder {
    display: grid;
    place-items: center;
    height: 160px;
    border: 1px dashed var(--line);
    border-radius: 4px;
  }
  .readout {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    min-height: 20px;
    margin-top: 6px;
  }

  .warnings {
    display: grid;
    gap: 4px;
    margin: 8px 0 0;
    padding: 0;
    list-style: none;
    color: var(--muted);
  }
  .warnings li {
    display: flex;
    gap: 6px;
  }
  .warnings vscode-icon {
    flex: none;
    color: var(--vscode-editorWarning-foreground);
  }

  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
    gap: 0 40px;
    margin-top: 8px;
    border-top: var(--hairline);
  }
  main > section + section {
    margin-top: 12px;
    border-top: var(--hairline);
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(128px, 1fr));
    gap: 8px 12px;
  }
  .inactive {
    opacity: 0.85;
  }
  .wide {
    grid-column: 1 / -1;
  }
  .more {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    margin: 10px 0 6px -4px;
    padding: 2px 6px 2px 2px;
    border: 0;
    border-radius: 4px;
    background: transparent;
    color: var(--muted);
    font: inherit;
    font-size: 0.923em;
    cursor: pointer;
  }
  .more:hover {
    color: var(--vscode-foreground);
    background: var(--vscode-toolbar-hoverBackground);
  }
  .schedule .curve {
    fill: none;
    stroke: var(--vscode-charts-blue);
    stroke-width: 1.5;
  }
  .schedule .area {
    fill: color-mix(in srgb, var(--vscode-charts-blue) 14%, transparent);
  }

  .broken {
    display: grid;
    justify-items: center;
    gap: 12px;
    padding: 18vh 24px 0;
    text-align: center;
  }
  .broken vscode-icon {
    color: var(--vscode-errorForeground);
  }
  @media (forced-colors: active) {
    .mode[aria-checked='true'] {
      outline: 2px solid Highlight;
    }
  }
`;
