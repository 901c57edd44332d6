import { css, html, type TemplateResult } from 'lit';

/** A word with its definition, which shows while the pointer or the focus is on it; Escape puts it away. */
export function term(title: string, definition: string): TemplateResult {
  return html`<button
    type="button"
    class="term"
    aria-label="${title}: ${definition}"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Escape' && event.currentTarget instanceof HTMLElement) event.currentTarget.blur();
    }}
  >
    ${title}<span class="definition-tip" role="tooltip">${definition}</span>
  </button>`;
}

export const termStyles = css`
  .term {
    position: relative;
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: help;
  }
  .definition-tip {
    display: none;
    position: absolute;
    left: 0;
    bottom: calc(100% + 4px);
    z-index: 3;
    width: max-content;
    max-width: 320px;
    padding: 4px 8px;
    text-align: left;
    white-space: normal;
    border-radius: 4px;
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder, transparent));
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
  }
  .term:hover .definition-tip,
  .term:focus-visible .definition-tip {
    display: block;
  }
`;
