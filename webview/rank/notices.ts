import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';

/** What is wrong now. `dismiss` is null where the view shows nothing else. */
export function notices(problems: readonly string[], dismiss: (() => void) | null): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  const label = l10n.t('Dismiss');
  return html`<div class="notice" role="alert" data-problems=${problems.length}>
    <vscode-icon name="error"></vscode-icon>
    <div>${problems.map((problem) => html`<p>${problem}</p>`)}</div>
    ${
      dismiss === null
        ? nothing
        : html`<vscode-toolbar-button
            icon="close"
            label=${label}
            title=${label}
            data-action="dismiss"
            @click=${dismiss}
          ></vscode-toolbar-button>`
    }
  </div>`;
}
