import { css } from 'lit';

export const fieldStyles = css`
  .heading {
    position: relative;
    display: flex;
    align-items: center;
    gap: 4px;
    height: 20px;
  }
  label {
    color: var(--muted);
    font-size: 0.923em;
    white-space: nowrap;
  }
  .documented {
    cursor: help;
  }
  .documentation {
    position: absolute;
    z-index: 5;
    /* Within its field: beyond it the page would scroll sideways. */
    left: -8px;
    right: -8px;
    width: fit-content;
    max-width: 320px;
    bottom: calc(100% + 2px);
    padding: 6px 8px;
    border: 1px solid var(--vscode-editorHoverWidget-border);
    border-radius: 4px;
    background: var(--vscode-editorHoverWidget-background);
    color: var(--vscode-editorHoverWidget-foreground);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
    font-size: 0.923em;
    pointer-events: none;
    opacity: 0;
    visibility: hidden;
  }
  .documented:hover + .documentation {
    opacity: 1;
    visibility: visible;
    transition:
      opacity 100ms 350ms,
      visibility 0s 350ms;
  }
  .box {
    display: flex;
    align-items: center;
    height: 26px;
    border: 1px solid var(--vscode-input-border, var(--vscode-settings-textInputBorder, transparent));
    border-radius: 4px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
  }
  .box:focus-within {
    border-color: var(--vscode-focusBorder);
  }
  input {
    flex: 1;
    min-width: 0;
    width: 100%;
    height: 100%;
    padding: 0 7px;
    border: 0;
    border-radius: 4px;
    outline: none !important;
    background: transparent;
    text-overflow: ellipsis;
    color: inherit;
    font: inherit;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  /* A placeholder says in words what is meant, and needs the room. */
  input:placeholder-shown + .unit {
    display: none;
  }
  .unit {
    padding-right: 8px;
    color: var(--muted);
    font-size: var(--small);
    pointer-events: none;
  }
  .wrong .box {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  .problem {
    margin-top: 3px;
    color: var(--vscode-errorForeground);
    font-size: 0.923em;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    border: 0;
    border-radius: 3px;
    background: transparent;
    color: var(--vscode-icon-foreground);
    cursor: pointer;
  }
  button:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .pick {
    width: 22px;
    height: 20px;
    margin-right: 2px;
    padding: 0;
  }
  .reset {
    width: 18px;
    height: 18px;
    padding: 0;
    opacity: 0;
  }
  .field:hover .reset,
  .reset:focus-visible {
    opacity: 1;
  }
  vscode-single-select {
    width: 100%;
  }
`;
