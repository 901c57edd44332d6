import { css } from 'lit';

export const exampleStyles = css`
  section {
    padding: 16px 0 4px;
    margin-top: 12px;
    border-top: var(--hairline);
  }
  .head {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 8px 12px;
    min-height: 26px;
    margin-bottom: 10px;
  }
  .body {
    display: grid;
    gap: 8px;
  }
  .stale {
    opacity: 0.6;
  }
  .pager {
    display: inline-flex;
    align-items: center;
    gap: 2px;
  }
  .pager .toggle {
    padding: 0 3px;
  }
  .jump {
    width: 72px;
    height: 24px;
    padding: 0 6px;
    border: 1px solid var(--vscode-input-border, color-mix(in srgb, var(--vscode-foreground) 16%, transparent));
    border-radius: 4px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
    font-size: 0.923em;
  }
  .jump::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  .facts {
    display: grid;
    gap: 2px;
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: 0.923em;
  }
  .facts li {
    display: flex;
    align-items: baseline;
    gap: 6px;
  }
  .facts vscode-icon {
    flex: none;
    align-self: center;
  }
  .facts .toggle {
    flex: none;
    margin-left: 4px;
    line-height: 18px;
    border-color: var(--line);
  }
  .facts .warning vscode-icon,
  .odd vscode-icon {
    color: var(--vscode-editorWarning-foreground);
  }
  .error,
  .error vscode-icon {
    color: var(--vscode-errorForeground);
  }
  .fate {
    display: flex;
    gap: 8px;
  }
  .fate vscode-icon,
  .fate .place {
    flex: none;
  }

  .example,
  .packed {
    padding: 6px 10px 8px;
    border-radius: 4px;
    border: var(--hairline);
  }
  .example-head {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 2px 12px;
    margin-bottom: 3px;
  }
  .place {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .tag {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 0 6px;
    border: 1px solid var(--line);
    border-radius: 8px;
  }
  .tag.odd {
    border-color: var(--vscode-editorWarning-foreground);
  }
  .tokens {
    max-height: 420px;
    overflow: auto;
  }
  code {
    font-family: var(--vscode-editor-font-family);
    font-size: 0.923em;
    line-height: 1.7;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .token {
    padding: 0 1px;
    border-radius: 2px;
    color: var(--muted);
  }
  code .token:nth-child(odd) {
    background: color-mix(in srgb, var(--vscode-foreground) 6%, transparent);
  }
  .token.supervised {
    color: var(--vscode-foreground);
    text-decoration: underline;
    text-decoration-color: var(--vscode-charts-green);
    text-decoration-thickness: 2px;
    text-underline-offset: 3px;
  }
  .with-ids .token {
    display: inline-grid;
    justify-items: center;
    margin: 0 1px 4px 0;
    padding: 0 3px;
    vertical-align: top;
    white-space: pre;
  }
  .with-ids small {
    color: var(--muted);
    font-size: 0.769em;
    line-height: 1.2;
    text-decoration: none;
  }
  .example > .toggle {
    margin-top: 4px;
    border-color: var(--line);
  }

  .fill {
    display: block;
    width: 100%;
    height: 10px;
    margin: 4px 0 8px;
    border-radius: 2px;
  }
  .fill .room {
    fill: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
  }
  .fill .even {
    fill: var(--vscode-charts-blue);
  }
  .fill .odd {
    fill: color-mix(in srgb, var(--vscode-charts-blue) 55%, transparent);
  }
  .fill .boundary {
    fill: var(--vscode-foreground);
  }
  .segments-list {
    display: grid;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .segments-list li {
    padding: 3px 0 4px 8px;
    border-left: 3px solid var(--vscode-charts-blue);
  }
  .segments-list li:nth-child(even) {
    border-left-style: double;
  }
  .segments-list li + li {
    border-top: 1px dashed var(--row-line);
  }
  .segments-list .toggle {
    padding: 0 4px;
    margin-left: -4px;
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .padding {
    margin-top: 4px;
    padding: 1px 8px;
    border: 1px dashed var(--row-line);
    border-radius: 3px;
  }
  /* Where one token ends and the next begins shows by their backgrounds alone. */
  @media (forced-colors: active) {
    code .token {
      forced-color-adjust: none;
    }
  }
`;
