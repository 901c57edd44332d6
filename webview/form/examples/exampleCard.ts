import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { PlannedExample } from '../../../src/engine/rpc/plan';
import { counted } from '../../../src/language/counted';
import { formatCount } from '../../shared/format';
import { tokensView } from './tokens';
import { fateText, remarkText } from './words';

export interface CardLook {
  readonly ids: boolean;
  /** Most tokens that can be shown of one example. */
  readonly most: number;
  /** Shows all tokens of it; undefined where it cannot. */
  readonly onWhole?: () => void;
}

/** One example: where it is, how much of it is learned, what became of it, and its tokens. */
export function exampleCard(example: PlannedExample, { ids, most, onWhole }: CardLook): TemplateResult {
  const { place, tokens, length } = example;
  const hidden = length - tokens.length;
  return html`<article class="example" aria-label=${l10n.t('Example at {0}', place)}>
    <p class="example-head small">
      <span class="place">${place}</span>
      <span class="muted">${countsText(example)}</span>
      ${exampleTags(example)}
    </p>
    <div class="tokens">
      ${tokensView(tokens, ids)}${hidden > 0 ? html`<span class="muted small"> … ${moreTokens(hidden)}</span>` : nothing}
    </div>
    ${
      hidden > 0 && onWhole !== undefined && tokens.length < most
        ? html`<button class="toggle" @click=${onWhole}>
            ${length <= most ? l10n.t('Show all {0} tokens', formatCount(length)) : l10n.t('Show the first {0} tokens', formatCount(most))}
          </button>`
        : nothing
    }
  </article>`;
}

/** "45 tokens, 12 supervised". */
export function countsText({ length, supervised }: PlannedExample): string {
  return counted(
    length,
    l10n.t('{0} token, {1} supervised'),
    l10n.t('{0} tokens, {1} supervised'),
    formatCount(supervised),
  );
}

/** What became of it and what is odd about it, a word each. */
export function exampleTags(example: PlannedExample): TemplateResult {
  return html`${fateText(example).map((text) => html`<span class="tag">${text}</span>`)}${example.remarks.map(
    (remark) => {
      const { text, mend } = remarkText(remark);
      return html`<span class="tag odd" title=${mend}
        ><vscode-icon name="warning" size="12"></vscode-icon>${text}<span class="hidden-visually">. ${mend}</span></span
      >`;
    },
  )}`;
}

export function moreTokens(count: number): string {
  return counted(count, l10n.t('{0} token more'), l10n.t('{0} tokens more'));
}
