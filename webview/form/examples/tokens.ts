import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { PlannedToken } from '../../../src/engine/rpc/plan';

/** Tokens as the model gets them: borders, white space and ids visible, what it learns underlined. */
export function tokensView(tokens: readonly PlannedToken[], ids: boolean): TemplateResult {
  return html`<code class=${ids ? 'with-ids' : ''} aria-hidden="true"
      >${tokens.map(
        ({ id, text, supervised }) =>
          html`<span
            class=${supervised ? 'token supervised' : 'token'}
            title=${supervised ? l10n.t('token {0}, supervised', id) : l10n.t('token {0}', id)}
            >${visible(text)}${ids ? html`<small>${id}</small>` : nothing}</span
          >`,
      )}</code
    >
    <span class="hidden-visually"
      >${runsOf(tokens).map(({ supervised, text }) => html`${supervised ? l10n.t('Learned: {0}', text) : l10n.t('Given: {0}', text)}. `)}</span
    >`;
}

/** White space that matters, made visible. */
function visible(text: string): string {
  return text.replace(/\n/g, '⏎\n').replace(/\t/g, '⇥').replace(/ /g, '·');
}

/** What is learned and what is not, by turns, as one would read it out. */
export function runsOf(tokens: readonly PlannedToken[]): readonly { supervised: boolean; text: string }[] {
  const runs: { supervised: boolean; text: string }[] = [];
  for (const { supervised, text } of tokens) {
    const last = runs.at(-1);
    if (last?.supervised === supervised) last.text += text;
    else runs.push({ supervised, text });
  }
  return runs;
}
