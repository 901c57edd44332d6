import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { KnownMeasurement } from './measurements';

/** How far a measurement is, and the way out of it. */
export function measureProgress(
  what: string,
  { activity, share }: NonNullable<KnownMeasurement<unknown>['running']>,
  cancel: () => void,
): TemplateResult {
  return html`<div class="progress">
    <progress max="1" .value=${share} aria-label=${`${what}: ${activity}`}></progress>
    <span class="muted activity">${activity}</span>
    <button class="toggle" aria-label=${l10n.t('Cancel: {0}', what)} @click=${cancel}>${l10n.t('Cancel')}</button>
  </div>`;
}
