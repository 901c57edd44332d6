import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';

export interface HeadLook {
  readonly canCompare: boolean;
  readonly isEmpty: boolean;
  readonly showsSettings: boolean;
}

export interface HeadActions {
  readonly compare: () => void;
  readonly clear: () => void;
  readonly toggleSettings: () => void;
}

/** The panel's title, and what can be done with all of it. */
export function head(
  { canCompare, isEmpty, showsSettings }: HeadLook,
  { compare, clear, toggleSettings }: HeadActions,
): TemplateResult {
  return html`<header>
    <h1>${l10n.t('Playground')}</h1>
    <div class="actions">
      ${
        canCompare
          ? html`<button class="toggle" data-action="compare" @click=${compare}>
              <vscode-icon name="split-horizontal" size="14"></vscode-icon>${l10n.t('Compare with…')}
            </button>`
          : nothing
      }
      <button class="toggle" data-action="clear" ?disabled=${isEmpty} @click=${clear}>
        <vscode-icon name="clear-all" size="14"></vscode-icon>${l10n.t('Clear')}
      </button>
      <button
        class="toggle"
        data-toggle="settings"
        aria-pressed=${showsSettings ? 'true' : 'false'}
        @click=${toggleSettings}
      >
        <vscode-icon name="settings" size="14"></vscode-icon>${l10n.t('Sampling')}
      </button>
    </div>
  </header>`;
}
