import { html, nothing, type TemplateResult } from 'lit';
import type { Plan } from '../../src/engine/rpc/protocol';
import { formatCount } from '../shared/format';
import { counted } from './figures';
import type { KnownPlan } from './formModel';

/** The first examples as the model will see them: its tokens, and which of them it learns to predict. */
export function exampleView({ plan, stale, error }: KnownPlan): TemplateResult | typeof nothing {
  const data = plan?.data;
  if (data === undefined)
    return error === undefined ? nothing : html`<p class="muted small">The examples cannot be shown: ${error}</p>`;
  return html`<div class=${stale ? 'examples stale' : 'examples'}>
    <p class="muted small">${dataLine(data)}</p>
    ${data.examples.map(
      ({ line, place, tokens }) =>
        html`<div class="example" aria-label="Example at ${place}" title=${place}>
          <span class="line-number" aria-hidden="true">${line}</span>
          <code
            >${tokens.map(({ id, text, supervised }) => html`<span class=${supervised ? 'token supervised' : 'token'} title="token ${id}${supervised ? ', supervised' : ''}">${visible(text)}</span>`)}</code
          >
        </div>`,
    )}
    <p class="muted small">
      <span class="token supervised">underlined</span> tokens are what the model learns to predict.
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
    `${counted(trainExamples, 'example')} to train on, ${formatCount(validationExamples)} to validate`,
    `${formatCount(tokens)} tokens, ${formatCount(supervisedTokens)} supervised`,
    `longest ${formatCount(longest)}`,
  ];
  if (truncatedExamples > 0) parts.push(`${formatCount(truncatedExamples)} cut at the end`);
  return parts.join(' · ');
}

/** White space that matters, made visible. */
function visible(text: string): string {
  return text.replace(/\n/g, '⏎').replace(/\t/g, '⇥').replace(/ /g, '·');
}
