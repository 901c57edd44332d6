import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { ParticipantFacts } from '../../src/host/protocol/playground';

/** Stands where the answers will be, before the first prompt. */
export function nothingYet([first, second]: readonly ParticipantFacts[]): TemplateResult {
  return html`<div class="empty muted">
    <vscode-icon name="comment-discussion" size="24"></vscode-icon>
    <p>
      ${
        second === undefined
          ? l10n.t('Write a prompt, and see what {0} makes of it.', first?.name ?? l10n.t('the model'))
          : l10n.t('Write a prompt, and both answer it side by side with the same settings and seed.')
      }
    </p>
  </div>`;
}
