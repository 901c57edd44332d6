import { css, html, type TemplateResult } from 'lit';

export interface SearchBox {
  readonly query: string;
  readonly placeholder: string;
  readonly label: string;
  readonly search: (query: string) => void;
  readonly onKey?: (event: KeyboardEvent) => void;
}

/** A field that narrows a list while one types. */
export function searchBox({ query, placeholder, label, search, onKey }: SearchBox): TemplateResult {
  return html`<div class="search">
    <vscode-icon name="search"></vscode-icon>
    <input
      type="search"
      placeholder=${placeholder}
      aria-label=${label}
      .value=${query}
      @input=${(event: Event) => {
        if (event.target instanceof HTMLInputElement) search(event.target.value);
      }}
      @keydown=${onKey}
    />
  </div>`;
}

export const searchStyles = css`
  .search {
    position: relative;
    display: flex;
    align-items: center;
  }
  .search vscode-icon {
    position: absolute;
    left: 6px;
    color: var(--muted);
    pointer-events: none;
  }
  .search input {
    width: 100%;
    height: 26px;
    font: inherit;
    padding: 0 8px 0 26px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
  }
  .search input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
`;
