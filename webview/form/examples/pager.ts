import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';

export interface Pages {
  readonly first: number;
  readonly count: number;
  readonly total: number;
  /** "1 to 4 of 7,602". */
  readonly text: string;
  readonly previous: string;
  readonly next: string;
  readonly to: (first: number) => void;
}

/** Turns pages; where it stands is read out. */
export function pager({ first, count, total, text, previous, next, to }: Pages): TemplateResult {
  return html`<div class="pager" role="group" aria-label=${l10n.t('Pages')}>
    <button
      class="toggle"
      aria-label=${previous}
      title=${previous}
      ?disabled=${first <= 0}
      @click=${() => to(Math.max(0, first - count))}
    >
      <vscode-icon name="chevron-left" size="14"></vscode-icon>
    </button>
    <span class="small" aria-live="polite">${text}</span>
    <button
      class="toggle"
      aria-label=${next}
      title=${next}
      ?disabled=${first + count >= total}
      @click=${() => to(first + count)}
    >
      <vscode-icon name="chevron-right" size="14"></vscode-icon>
    </button>
  </div>`;
}
