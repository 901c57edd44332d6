import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Plan } from '../../src/engine/rpc/plan';
import { counted } from '../../src/language/counted';
import { formatCount } from '../shared/format';
import type { KnownPlan } from './formModel';

/** The first examples as the model will see them: its tokens, and which of them it learns to predict. */
export function exampleView({ plan, stale, error }: KnownPlan): TemplateResult | typeof nothing {
  const data = plan?.data;
  if (data === undefined)
    return error === undefined
      ? nothing
      : html`<p class="muted small">${l10n.t('The examples cannot be shown: {0}', error)}</p>`;
  return html`<div class=${stale ? 'examples stale' : 'examples'}>
    <p class="muted small">${dataLine(data)}</p>
    ${data.examples.map(
      ({ line, place, tokens }) =>
        html`<div class="example" aria-label=${l10n.t('Example at {0}', place)} title=${place}>
          <span class="line-number" aria-hidden="true">${line}</span>
          <code
            >${tokens.map(({ id, text, supervised }) => html`<span class=${supervised ? 'token supervised' : 'token'} title=${supervised ? l10n.t('token {0}, supervised', id) : l10n.t('token {0}', id)}>${visible(text)}</span>`)}</code
          >
        </div>`,
    )}
    <p class="muted small">
      <span class="token supervised">${l10n.t('Underlined')}</span
      >${l10n.t(': tokens that the model learns to predict.')}
    </p>
  </div>`;
}

function dataLine({
  trainExamples,
  validationExamples,
  tokens,
  supervisedTokens,
  longest,
  truncatedExamples,
}: NonNullable<Plan['data']>): string {
  const parts = [
    counted(
      trainExamples,
      l10n.t('{0} example to train on, {1} to validate'),
      l10n.t('{0} examples to train on, {1} to validate'),
      formatCount(validationExamples),
    ),
    l10n.t('{0} tokens, {1} supervised', formatCount(tokens), formatCount(supervisedTokens)),
    l10n.t('longest {0}', formatCount(longest)),
  ];
  if (truncatedExamples > 0) {
    parts.push(counted(truncatedExamples, l10n.t('{0} cut at the end'), l10n.t('{0} cut at the end')));
  }
  return parts.join(' · ');
}

/** White space that matters, made visible. */
function visible(text: string): string {
  return text.replace(/\n/g, '⏎').replace(/\t/g, '⇥').replace(/ /g, '·');
}
