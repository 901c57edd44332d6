import { html, type TemplateResult } from 'lit';

/** What went wrong, read out at once. */
export function errorNotice(sentence: string): TemplateResult {
  return html`<div class="notice" role="alert">
    <vscode-icon name="error"></vscode-icon>
    <p>${sentence}</p>
  </div>`;
}

/** What to know of what is shown. */
export function warningNotice(sentence: string): TemplateResult {
  return html`<div class="notice warning" role="status">
    <vscode-icon name="warning"></vscode-icon>
    <p>${sentence}</p>
  </div>`;
}
