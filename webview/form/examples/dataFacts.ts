import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Plan } from '../../../src/engine/rpc/plan';
import { counted } from '../../../src/language/counted';
import { formatCount } from '../../shared/format';
import { isError, leftOutCount, percent, problemText } from './words';

type PlannedData = NonNullable<Plan['data']>;

/** What became of all of the data: its figures, what is wrong with it, and what is cut, parted and left out. */
export function dataFacts(data: PlannedData, show: (place: string) => void): TemplateResult {
  const { report } = data;
  const place = (first: string | null): TemplateResult | typeof nothing =>
    first === null
      ? nothing
      : html`<button class="toggle" title=${first} @click=${() => show(first)}>${l10n.t('Show the first')}</button>`;
  const errors = report.problems.filter(isError);
  return html`<p class="muted small">${figures(data)}</p>
    <ul class="facts">
      ${[...errors, ...report.problems.filter((problem) => !isError(problem))].map(
        (problem) =>
          html`<li class=${isError(problem) ? 'error' : 'warning'} role=${isError(problem) ? 'alert' : nothing}>
            <vscode-icon
              name=${isError(problem) ? 'error' : 'warning'}
              label=${isError(problem) ? l10n.t('Error') : l10n.t('Warning')}
              size="14"
            ></vscode-icon>
            <span>${problemText(problem)}</span>${problem.kind === 'unknownMarks' ? nothing : place(problem.first)}
          </li>`,
      )}
      ${fatesOf(data).map(
        ({ text, first }) =>
          html`<li class="muted">
            <vscode-icon name="info" size="14"></vscode-icon><span>${text}</span>${place(first)}
          </li>`,
      )}
    </ul>`;
}

function figures({
  trainExamples,
  validationExamples,
  tokens,
  supervisedTokens,
  longest,
  report,
}: PlannedData): string {
  const { packing } = report;
  return [
    counted(
      trainExamples,
      l10n.t('{0} example to train on, {1} to validate'),
      l10n.t('{0} examples to train on, {1} to validate'),
      formatCount(validationExamples),
    ),
    l10n.t('{0} tokens, {1} supervised', formatCount(tokens), formatCount(supervisedTokens)),
    l10n.t('longest {0}', formatCount(longest)),
    ...(packing === null
      ? []
      : [l10n.t('packed into rows of {0}, {1} % full', formatCount(packing.rowLength), percent(packing.efficiency))]),
  ].join(' · ');
}

function fatesOf({ report }: PlannedData): readonly { readonly text: string; readonly first: string | null }[] {
  const { cut, windowed, windows, conversations, conversationTexts, dropped } = report;
  return [
    ...(cut.count === 0
      ? []
      : [{ text: counted(cut.count, l10n.t('{0} cut at the end'), l10n.t('{0} cut at the end')), first: cut.first }]),
    ...(windowed === 0
      ? []
      : [
          {
            text: counted(
              windowed,
              l10n.t('{0} text longer than "data.maxLength" became {1} examples, one behind the other'),
              l10n.t('{0} texts longer than "data.maxLength" became {1} examples, one behind the other'),
              formatCount(windows),
            ),
            first: null,
          },
        ]),
    ...(conversationTexts <= conversations
      ? []
      : [
          {
            text: counted(
              conversations,
              l10n.t(
                '{0} conversation became {1} texts: the template writes earlier turns otherwise once more follows',
              ),
              l10n.t(
                '{0} conversations became {1} texts: the template writes earlier turns otherwise once more follows',
              ),
              formatCount(conversationTexts),
            ),
            first: null,
          },
        ]),
    ...dropped.map(({ reason, why, count, first }) => ({
      text: reason === undefined ? why : leftOutCount(reason, count),
      first,
    })),
  ];
}
