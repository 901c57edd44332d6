import { css } from 'lit';

export const sampleStyles = css`
  section[aria-labelledby] {
    margin-top: 24px;
    padding-top: 12px;
    border-top: var(--hairline);
  }
  .head {
    gap: 8px 16px;
    min-height: 28px;
  }
  .title {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    margin-left: -4px;
    padding: 0 6px 0 0;
    border: 0;
    border-radius: 4px;
    font: inherit;
    color: inherit;
    background: none;
    cursor: pointer;
  }
  .steps,
  .choice {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 0.923em;
  }
  .steps input {
    width: 180px;
  }
  .steps output {
    min-width: 3em;
    font-weight: 600;
  }
  .choice {
    margin-top: 12px;
  }
  .choice select {
    max-width: 60vw;
  }
  .note {
    margin-top: 4px;
  }
  .prompt {
    margin-top: 16px;
  }
  .asked {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: 0.923em;
    max-height: 7em;
    overflow: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    padding-left: 8px;
    border-left: 2px solid var(--vscode-charts-blue);
  }
  .answers {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
    gap: 8px 24px;
    margin-top: 6px;
    padding-left: 10px;
  }
  figure {
    margin: 0;
    min-width: 0;
  }
  .text {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: 0.923em;
    max-height: 14em;
    overflow: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: isolate;
  }
  .text .muted {
    font-family: var(--vscode-font-family);
  }
  .expected .text,
  .fixed .text {
    color: var(--muted);
  }
  ins {
    text-decoration: underline;
    text-decoration-color: var(--vscode-charts-green);
    text-decoration-thickness: 2px;
    text-underline-offset: 3px;
  }
  .history {
    margin-top: 8px;
    max-height: 420px;
    overflow: auto;
  }
  .history table {
    width: 100%;
  }
  .history th,
  .history td {
    vertical-align: top;
    white-space: normal;
  }
  .history th:first-child {
    width: 6em;
  }
  .history td {
    text-align: left;
  }
  .history thead th:last-child {
    text-align: left;
  }
`;
