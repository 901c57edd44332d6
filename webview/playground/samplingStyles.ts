import { css } from 'lit';

export const samplingStyles = css`
  .heading {
    display: flex;
    align-items: center;
    justify-content: space-between;
    height: 24px;
  }
  .setting {
    margin-top: 12px;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  label {
    font-size: 0.923em;
  }
  .line label {
    flex: 1;
  }
  .idle label,
  .idle input[type='range'] {
    opacity: 0.75;
  }
  .idle input[type='range']:focus-visible {
    opacity: 1;
  }
  input[type='text'],
  textarea {
    font: inherit;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid
      var(
        --vscode-input-border,
        var(--vscode-settings-textInputBorder, color-mix(in srgb, var(--vscode-foreground) 16%, transparent))
      );
    border-radius: 4px;
  }
  input[type='text'] {
    width: 76px;
    height: 24px;
    padding: 0 7px;
    text-align: right;
  }
  #seed {
    width: 104px;
  }
  textarea {
    display: block;
    width: 100%;
    margin: 4px 0 2px;
    padding: 4px 7px;
    resize: vertical;
    font-family: var(--vscode-editor-font-family);
    font-size: 0.923em;
  }
  textarea:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  [aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  input[type='range'] {
    display: block;
    width: 100%;
    margin-top: 2px;
  }
  .complaint {
    margin-top: 3px;
    color: var(--vscode-errorForeground);
    font-size: 0.923em;
  }
  code {
    font-family: var(--vscode-editor-font-family);
  }
  .icon {
    display: inline-flex;
    padding: 3px;
    border: 0;
    border-radius: 4px;
    color: var(--vscode-icon-foreground);
    background: transparent;
    cursor: pointer;
  }
  .icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
`;
