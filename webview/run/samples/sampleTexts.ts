import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { SampleRow } from '../../../src/host/protocol/samples';
import { changedWords, type TextPart } from './changedWords';

/** The pictures of U+0000 to U+001F begin here. */
const CONTROL_PICTURES = 0x2400;

/**
 * Text of a model as it is, lines and tabs included; what would draw nothing or turn the direction of what follows is a
 * picture or a mark instead.
 */
export function shownText(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(CONTROL_PICTURES + code) : '\ufffd';
  });
}

/** A prompt with what follows it: base beside what is trained, and the words marked that are new since the step before. */
export function promptRow({ prompt, expected, base, text, before, ended }: SampleRow): TemplateResult {
  return html`<section class="prompt" aria-label=${l10n.t('Prompt')}>
    <h3 class="asked">${shownText(prompt)}</h3>
    <div class="answers">
      ${base === null ? nothing : answer('base', l10n.t('Base'), [{ text: base, isNew: false }])}
      ${answer('trained', l10n.t('Trained'), changedWords(before, text ?? ''), ended ? nothing : html`<span class="muted">…</span>`)}
      ${expected === null ? nothing : answer('expected', l10n.t('Expected'), [{ text: expected, isNew: false }])}
    </div>
  </section>`;
}

/** Text with its new words underlined, and said to be new to those who hear it. */
export function markedText(parts: readonly TextPart[]): TemplateResult[] {
  return parts.map(({ text, isNew }) => {
    const words = isNew ? text.trimStart() : '';
    const rest = text.slice(0, text.length - words.length);
    return html`${shownText(rest)}${words === '' ? nothing : html`<ins>${shownText(words)}</ins>`}`;
  });
}

function answer(
  kind: 'base' | 'trained' | 'expected',
  who: string,
  parts: readonly TextPart[],
  end: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const isEmpty = parts.every(({ text }) => text === '');
  const content = isEmpty ? html`<span class="muted">${l10n.t('nothing')}</span>` : [...markedText(parts), end];
  // Its white space is shown, so no line of this template may break within it.
  const box = html`<div class="text" tabindex="0" role="group" aria-label=${who}>${content}</div>`;
  return html`<figure class=${kind}>
    <figcaption class="muted small">${who}</figcaption>
    ${box}
  </figure>`;
}
