import { css } from 'lit';

export const compareStyles = css`
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .actions {
    display: flex;
    gap: 4px;
    margin-left: auto;
  }
  h1 {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .name {
    font: inherit;
    letter-spacing: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    text-align: left;
  }
  .name:hover {
    color: var(--vscode-textLink-foreground);
    text-decoration: underline;
  }
  .arrow {
    color: var(--muted);
    font-weight: 400;
    margin: 0 6px;
  }
  .notices {
    display: grid;
    gap: 8px;
    margin-top: 12px;
  }
  .notice p {
    overflow-wrap: anywhere;
  }
  .running {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
    margin-top: 20px;
  }
  .progress {
    flex: 0 1 280px;
  }
  .summary {
    margin-top: 16px;
  }
  .sentence {
    font-size: 1.23em;
    font-weight: 600;
  }
  .bar {
    display: flex;
    gap: 2px;
    height: 6px;
    margin-top: 10px;
  }
  .bar i {
    flex-basis: 3px;
    border-radius: 3px;
  }
  .key {
    display: inline-block;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    margin-right: 6px;
  }
  .differing {
    background: var(--vscode-charts-blue);
  }
  .left {
    background: var(--orange);
  }
  .right {
    background: var(--vscode-charts-green);
  }
  .same {
    background: color-mix(in srgb, var(--vscode-foreground) 22%, transparent);
  }
  .parts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 24px;
    margin-top: 8px;
    font-size: 0.923em;
  }
  section + section {
    margin-top: 20px;
  }
  .search {
    max-width: 420px;
    margin-top: 20px;
  }
  .scrolled {
    position: relative;
    margin-top: 8px;
    overflow-x: auto;
  }
  .differences {
    width: 100%;
  }
  tbody th {
    text-align: left;
  }
  .reason {
    color: var(--muted);
    text-align: left;
  }
  .bar-cell {
    width: 14%;
    min-width: 60px;
  }
  .bar-cell i {
    display: block;
    height: 4px;
    border-radius: 2px;
    background: var(--vscode-charts-blue);
  }
  /* Beside another editor: figures are what one compares for, so names take as many lines as it needs to see some. */
  @media (max-width: 720px) {
    .differences tbody th {
      min-width: 160px;
      white-space: normal;
      overflow-wrap: anywhere;
    }
    .bar-cell {
      display: none;
    }
  }
  .only {
    margin-top: 20px;
  }
  summary {
    cursor: pointer;
    margin-bottom: 6px;
  }
`;
