import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { searchBox } from '../shared/searchBox';

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
    ${searchBox({
      query,
      placeholder: l10n.t('Filter by name, type or shape'),
      label: l10n.t('Filter tensors by name, type or shape'),
      search,
      onKey: ({ key }) => {
        if (key === 'ArrowDown') enterList();
        else if (key === 'Escape') search('');
      },
    })}
    ${tool('expand-all', l10n.t('Open every group'), openAll)}
    ${tool('collapse-all', l10n.t('Close every group'), closeAll)}
  </div>`;
}

function tool(icon: string, title: string, act: () => void): TemplateResult {
  return html`<button class="toggle" title=${title} @click=${act}>
    <vscode-icon name=${icon} size="14"></vscode-icon><span class="hidden-visually">${title}</span>
  </button>`;
}
