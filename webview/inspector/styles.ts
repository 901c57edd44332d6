import { css } from 'lit';

export const inspectorStyles = css`
  :host {
    box-sizing: border-box;
    height: 100vh;
    display: flex;
    flex-direction: column;
    padding: 20px 0 0;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  header h1 {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-left: auto;
  }
  .kind {
    margin-top: 4px;
    color: var(--muted);
    display: flex;
    flex-wrap: wrap;
    gap: 0 6px;
  }
  .kind .first {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .base {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .totals {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 32px;
    margin-top: 16px;
  }
  .totals dt,
  .figures dt {
    font-size: var(--small);
    color: var(--muted);
  }
  .totals dd {
    font-size: 1.23em;
    font-weight: 600;
  }
  .note {
    margin-top: 8px;
  }
  .notices {
    display: grid;
    gap: 8px;
    margin-top: 12px;
    max-height: 30vh;
    overflow: auto;
  }
  .notice p {
    overflow-wrap: anywhere;
    flex: 1;
  }
  main {
    flex: 1;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr);
    margin-top: 16px;
    border-top: var(--hairline);
  }
  .list {
    display: flex;
    flex-direction: column;
    min-height: 0;
    margin: 0;
    padding: 12px 16px 0 0;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 4px;
    margin-bottom: 8px;
  }
  .tools .search {
    flex: 1;
  }
  mora-tensor-tree {
    flex: 1;
  }
  aside {
    min-width: 0;
    overflow: auto;
    padding: 16px 0 32px 24px;
    border-left: var(--hairline);
  }
  aside:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  aside h2 {
    font-size: 1.077em;
    overflow-wrap: anywhere;
    user-select: text;
  }
  h3 {
    font-size: 1em;
    font-weight: 600;
  }
  section {
    margin-top: 20px;
  }
  section > h3,
  section > .row {
    margin-bottom: 6px;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin-top: 4px;
  }
  .facts b {
    font-weight: 600;
    color: var(--vscode-foreground);
  }
  .facts + p {
    margin-top: 8px;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(136px, 1fr));
    gap: 10px 16px;
    margin-top: 10px;
  }
  .figures dd {
    font-weight: 600;
  }
  .figures .whole {
    white-space: nowrap;
  }
  .wrong,
  .wrong th,
  .wrong td {
    color: var(--vscode-errorForeground);
  }
  .link {
    font: inherit;
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
  }
  .figures .link {
    font-weight: 600;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .again {
    margin-top: 8px;
  }
  .progress {
    flex: 0 1 220px;
  }
  .histogram svg {
    display: block;
    width: 100%;
    height: auto;
    overflow: visible;
  }
  .bar rect {
    fill: var(--vscode-charts-blue);
  }
  .bar .hit {
    fill: transparent;
  }
  .bar:hover .hit {
    fill: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
  }
  .axis {
    stroke: var(--row-line);
  }
  .zero {
    stroke: var(--muted);
    stroke-dasharray: 2 3;
    opacity: 0.7;
  }
  svg text {
    fill: var(--muted);
    font-size: 11px;
    font-family: var(--vscode-font-family);
  }
  .scrolled {
    max-height: 280px;
    overflow: auto;
    margin-top: 8px;
  }
  .types .share {
    width: 120px;
    padding-right: 0;
  }
  .types .share i {
    display: block;
    height: 4px;
    min-width: 1px;
    border-radius: 2px;
    background: var(--vscode-charts-blue);
  }
  .metadata {
    display: grid;
    grid-template-columns: fit-content(40%) minmax(0, 1fr);
    gap: 4px 16px;
    font-size: 0.923em;
  }
  .metadata dt {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .metadata dd {
    overflow-wrap: anywhere;
  }
  summary {
    cursor: pointer;
  }
  pre {
    max-height: 320px;
    overflow: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    font-family: var(--vscode-editor-font-family, monospace);
    margin: 8px 0 0;
  }
  .broken {
    max-width: 720px;
    padding: 32px 0;
  }
  .broken h1 {
    margin-bottom: 16px;
  }
  .broken vscode-button {
    margin-top: 16px;
  }
  @media (max-width: 900px) {
    :host {
      height: auto;
      min-height: 100vh;
    }
    main {
      grid-template-columns: minmax(0, 1fr);
    }
    .list {
      padding-right: 0;
      height: 56vh;
    }
    aside {
      padding-left: 0;
      border-left: 0;
      border-top: var(--hairline);
      overflow: visible;
    }
  }
`;
