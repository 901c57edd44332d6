import { css } from 'lit';

/** Before the name of a source: the colour of its lines. */
export const dotStyles = css`
  .dot {
    display: inline-block;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    margin-right: 8px;
  }
`;

export const rankStyles = css`
  .waiting {
    max-width: 640px;
  }
  .waiting vscode-button {
    margin-top: 16px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  header .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-left: auto;
  }
  header .toggle {
    padding: 0 6px;
  }
  .notice {
    margin-top: 12px;
  }

  .summary {
    margin-top: 16px;
  }
  .summary p {
    font-size: 1.077em;
  }
  .summary b {
    font-weight: 600;
  }
  .gauge + p {
    margin-top: 12px;
  }
  .gauge {
    position: relative;
    height: 6px;
    margin-top: 8px;
  }
  @media (forced-colors: active) {
    .gauge {
      forced-color-adjust: none;
    }
  }
  .gauge > * {
    position: absolute;
    top: 0;
    height: 6px;
    border-radius: 3px;
  }
  .gauge .possible {
    background: color-mix(in srgb, var(--vscode-foreground) 12%, transparent);
  }
  .gauge .used {
    transition: width 0.25s ease-out;
  }
  .gauge .bound {
    width: 2px;
    margin-left: -1px;
    top: -3px;
    height: 12px;
    border-radius: 1px;
    background: var(--vscode-foreground);
    box-shadow: 0 0 0 1.5px var(--vscode-editor-background);
  }

  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    margin-top: 20px;
    padding-top: 16px;
    border-top: var(--hairline);
  }
  .definition {
    flex: 1 1 240px;
    color: var(--muted);
    font-size: 0.923em;
  }
  .steps {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 0.923em;
  }
  .steps input {
    width: 180px;
  }
  .steps output {
    min-width: 6.5em;
  }

  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 16px 40px;
    margin-top: 16px;
    align-items: start;
  }
  @media (max-width: 900px) {
    main {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  .work,
  .missing {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-top: 12px;
    font-size: 0.923em;
  }
  .progress {
    flex: 0 0 160px;
  }
  .setting {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    font-size: 0.923em;
  }
  .setting input {
    width: 72px;
    height: 24px;
    font: inherit;
    padding: 0 4px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
  }
  .maps {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(280px, 1fr));
    gap: 16px 24px;
  }
  .maps h2 {
    font-size: 0.923em;
    margin-bottom: 8px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    margin: 12px 0 0;
    font-size: var(--small);
    color: var(--muted);
  }
  .growth {
    margin-top: 24px;
  }
  .growth p {
    font-size: 0.923em;
  }
  .growth mora-curve-chart {
    height: 148px;
    margin-top: 4px;
  }
  aside {
    min-width: 0;
  }
  .all-cells {
    margin-top: 12px;
    padding-bottom: 4px;
    border-bottom: var(--hairline);
    max-height: 320px;
    overflow: auto;
  }
  /* Names of measures in two lines, so that as many as can be are in sight beside each other. */
  .all-cells thead th {
    max-width: 9em;
    white-space: normal;
    vertical-align: bottom;
    position: sticky;
    top: 0;
    background: var(--vscode-editor-background);
  }
  .notice > div {
    flex: 1;
  }
  .notice p + p {
    margin-top: 4px;
  }
  .all-cells .name {
    text-align: left;
  }
`;
