import { html, type TemplateResult } from 'lit';

/**
 * A text with pieces of a page in its places: filled(l10n.t('mean rank {0} of {1}'), html`<b>9</b>`, 12). The order of the
 * places is that of the language.
 */
export function filled(text: string, ...pieces: readonly (TemplateResult | string | number)[]): TemplateResult {
  const parts = text.split(/\{(\d+)\}/);
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : (pieces[Number(part)] ?? `{${part}}`)))}`;
}
