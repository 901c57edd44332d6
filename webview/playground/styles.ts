import { css } from 'lit';

export const playgroundStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    box-sizing: border-box;
    height: 100vh;
    max-width: 1600px;
    margin: 0 auto;
    padding-top: 16px;
  }
  .opening {
    max-width: 640px;
    padding: 48px 0;
  }
  .opening vscode-button {
    margin-top: 16px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding-bottom: 12px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-left: auto;
  }
  .body {
    flex: 1;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    border-top: var(--hairline);
  }
  .body.with-settings {
    grid-template-columns: minmax(0, 1fr) 248px;
  }
  main {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  aside {
    overflow-y: auto;
    margin-left: 20px;
    padding: 12px 4px 20px 20px;
    border-left: var(--hairline);
  }
  aside[hidden] {
    display: none;
  }
  .scroller {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    padding-bottom: 12px;
  }
  .scroller:focus-visible {
    outline-offset: -1px;
  }
  .notice p {
    overflow-wrap: anywhere;
  }

  .columns,
  .answers {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0 24px;
  }
  .columns[data-columns='2'],
  .answers[data-columns='2'] {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }
  .columns {
    position: sticky;
    top: 0;
    z-index: 1;
    padding: 10px 0 8px;
    background: var(--vscode-editor-background);
    border-bottom: var(--hairline);
  }
  .who {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
  }
  .dot {
    flex: none;
    width: 8px;
    height: 8px;
    margin-right: 2px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--vscode-foreground) 50%, transparent);
  }
  .dot.adapter-0 {
    background: var(--orange);
  }
  .dot.adapter-1,
  .columns[data-columns='1'] .dot.adapter-0 {
    background: var(--vscode-charts-blue);
  }
  .name {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    padding: 2px 6px;
    border: 0;
    border-radius: 4px;
    font: inherit;
    color: inherit;
    background: transparent;
    cursor: pointer;
  }
  .name b,
  .name span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name b {
    font-weight: 600;
  }
  .name:hover,
  .icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .icon {
    flex: none;
    display: inline-flex;
    padding: 3px;
    border: 0;
    border-radius: 4px;
    color: var(--vscode-icon-foreground);
    background: transparent;
    cursor: pointer;
  }
  .who .icon {
    margin-left: auto;
  }
  .column .notice {
    margin-top: 8px;
  }
  .column .notice .row {
    margin-top: 8px;
  }

  .empty {
    display: grid;
    justify-items: center;
    gap: 12px;
    padding: 48px 16px;
    text-align: center;
  }
  .exchange {
    padding: 16px 0 4px;
  }
  .exchange + .exchange {
    border-top: 1px solid var(--row-line);
    margin-top: 12px;
  }
  .system {
    margin-bottom: 8px;
    color: var(--muted);
    font-size: 0.923em;
    overflow-wrap: anywhere;
  }
  .system b {
    font-weight: 600;
    margin-right: 6px;
  }
  .prompt {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    padding: 8px 8px 8px 12px;
    border-radius: 6px;
    background: var(--vscode-textBlockQuote-background, color-mix(in srgb, var(--vscode-foreground) 6%, transparent));
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .said,
  .written {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .verbatim {
    white-space: pre-wrap;
  }
  .text .said,
  .text .written {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size, 1em);
  }
  .said {
    max-height: 14em;
    overflow-y: auto;
  }
  .answers {
    margin-top: 12px;
  }
  .answer {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-width: 0;
    padding: 0 8px 0 12px;
    border-left: 2px solid color-mix(in srgb, var(--vscode-foreground) 22%, transparent);
  }
  .answer.adapted {
    border-left-color: var(--orange);
  }
  .answers[data-columns='1'] .answer,
  .answer[data-side='1'] {
    border-left-color: var(--vscode-charts-blue);
  }
  .whose {
    display: none;
    font-size: 0.923em;
    color: var(--muted);
  }
  .whose.other {
    display: block;
  }
  .written {
    line-height: 1.5;
  }
  .waiting-text {
    font-style: italic;
  }
  .caret {
    display: inline-block;
    width: 0.5em;
    height: 1em;
    margin-left: 1px;
    vertical-align: text-bottom;
    background: var(--vscode-editorCursor-foreground, var(--vscode-foreground));
    animation: blink 1s steps(2, start) infinite;
  }
  @keyframes blink {
    to {
      visibility: hidden;
    }
  }
  .figures {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    min-height: 22px;
    margin-top: auto;
    color: var(--muted);
    font-size: 0.923em;
  }

  .composer {
    display: grid;
    gap: 8px;
    padding: 12px 0 16px;
    border-top: var(--hairline);
  }
  textarea,
  .system-box {
    width: 100%;
    font: inherit;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid
      var(
        --vscode-input-border,
        var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 16%, transparent))
      );
    border-radius: 6px;
  }
  textarea {
    min-height: 60px;
    max-height: 34vh;
    padding: 8px 10px;
    line-height: 1.5;
    resize: none;
    field-sizing: content;
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size, 1em);
  }
  .system-box {
    height: 28px;
    padding: 0 10px;
  }
  textarea:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  textarea::placeholder,
  .system-box::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  .segments button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  .keys {
    white-space: nowrap;
  }
  .state {
    min-width: 0;
  }

  @media (max-width: 760px) {
    .body.with-settings {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr) auto;
    }
    aside {
      max-height: 34vh;
      margin: 0;
      padding: 12px 0 16px;
      border-left: 0;
      border-top: var(--hairline);
    }
  }
  @media (max-width: 620px) {
    .columns[data-columns='2'],
    .answers[data-columns='2'] {
      grid-template-columns: minmax(0, 1fr);
      row-gap: 12px;
    }
    .whose {
      display: block;
    }
  }
  @media (forced-colors: active) {
    .caret {
      forced-color-adjust: none;
    }
  }
`;
