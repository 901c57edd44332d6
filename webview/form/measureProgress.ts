import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { progressBar } from '../shared/progressBar';
import type { KnownMeasurement } from './measurements';

/** How far a measurement is, and the way out of it. */
export function measureProgress(
  what: string,
  { activity, share }: NonNullable<KnownMeasurement<unknown>['running']>,
  cancel: () => void,
): TemplateResult {
  return html`<div class="measuring">
    ${progressBar(`${what}: ${activity}`, share)}
    <span class="muted activity">${activity}</span>
    <button class="toggle" aria-label=${l10n.t('Cancel: {0}', what)} @click=${cancel}>${l10n.t('Cancel')}</button>
  </div>`;
}
