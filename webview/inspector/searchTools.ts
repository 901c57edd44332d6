import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';

export interface SearchActions {
  readonly search: (query: string) => void;
  /** From the search into the list. */
  readonly enterList: () => void;
  readonly openAll: () => void;
  readonly closeAll: () => void;
}

/** What narrows, opens and closes the list of tensors. */
export function searchTools(query: string, { search, enterList, openAll, closeAll }: SearchActions): TemplateResult {
  return html`<div class="tools">
    <div class="search">
      <vscode-icon name="search"></vscode-icon>
      <input
        type="search"
        placeholder=${l10n.t('Filter by name, type or shape')}
        aria-label=${l10n.t('Filter tensors by name, type or shape')}
        .value=${query}
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) search(event.target.value);
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'ArrowDown') enterList();
          else if (event.key === 'Escape') search('');
        }}
      />
    </div>
    ${tool('expand-all', l10n.t('Open every group'), openAll)}
    ${tool('collapse-all', l10n.t('Close every group'), closeAll)}
  </div>`;
}

function tool(icon: string, title: string, act: () => void): TemplateResult {
  return html`<button class="toggle" title=${title} @click=${act}>
    <vscode-icon name=${icon} size="14"></vscode-icon><span class="hidden-visually">${title}</span>
  </button>`;
}
