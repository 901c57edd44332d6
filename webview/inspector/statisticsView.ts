import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { ExtremeValue, ListedTensor, TensorStatistics } from '../../src/engine/rpc/contents';
import type { StatisticsProgress } from '../../src/host/protocol/inspector';
import { counted } from '../../src/language/counted';
import { withDecimalMark } from '../../src/language/language';
import { formatCount, formatShare, formatValue } from '../shared/format';
import { errorNotice } from '../shared/notice';
import { progressBar } from '../shared/progressBar';
import { histogram, type HistogramLook } from './histogram';

/** What is known of the values of the selected tensor. */
export type StatisticsState =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly progress: StatisticsProgress | undefined }
  | { readonly kind: 'known'; readonly statistics: TensorStatistics }
  | { readonly kind: 'failed'; readonly problem: string };

export interface StatisticsActions {
  readonly compute: (whole: boolean) => void;
  readonly cancel: () => void;
  readonly change: (look: Partial<HistogramLook>) => void;
  /** Shows the value with this index. */
  readonly goTo: (index: number) => void;
}

/** Statistics and histogram of a tensor, or the way to them. */
export function statisticsView(
  tensor: ListedTensor,
  sample: number,
  state: StatisticsState,
  look: HistogramLook,
  actions: StatisticsActions,
): TemplateResult {
  return html`<section class="statistics" aria-label=${l10n.t('Statistics')} aria-busy=${state.kind === 'reading'}>
    <h3>${l10n.t('Statistics')}</h3>
    ${body(tensor, sample, state, look, actions)}
  </section>`;
}

function body(
  tensor: ListedTensor,
  sample: number,
  state: StatisticsState,
  look: HistogramLook,
  actions: StatisticsActions,
): TemplateResult {
  const isLarge = tensor.parameters > sample;
  switch (state.kind) {
    case 'none':
      return html`<div class="row">
        <vscode-button data-action="compute" @click=${() => actions.compute(false)}
          >${isLarge ? l10n.t('Compute from a sample') : l10n.t('Compute')}</vscode-button
        >
        ${isLarge ? html`<vscode-button secondary @click=${() => actions.compute(true)}>${l10n.t('Read all of it')}</vscode-button>` : nothing}
        <span class="muted small"
          >${
            isLarge
              ? l10n.t(
                  'A sample is {0} of its {1} values, in blocks spread evenly; all of it is {2}.',
                  formatCount(sample),
                  formatCount(tensor.parameters),
                  formatBytes(tensor.bytes),
                )
              : l10n.t('Reads {0}.', formatBytes(tensor.bytes))
          }</span
        >
      </div>`;
    case 'reading': {
      const { done = 0, total = 1 } = state.progress ?? {};
      const share = Math.min(1, done / total);
      return html`<div class="row">
        ${progressBar(l10n.t('Reading values'), share)}
        <span class="muted small">${state.progress === undefined ? l10n.t('Reading…') : formatShare(share)}</span>
        <vscode-button secondary data-action="cancel" @click=${() => actions.cancel()}
          >${l10n.t('Cancel')}</vscode-button
        >
      </div>`;
    }
    case 'failed':
      return html`${errorNotice(state.problem)}
        <p class="again">
          <vscode-button secondary @click=${() => actions.compute(false)}>${l10n.t('Try again')}</vscode-button>
        </p>`;
    case 'known':
      return known(state.statistics, look, actions);
  }
}

function known(statistics: TensorStatistics, look: HistogramLook, actions: StatisticsActions): TemplateResult {
  const { values, read, blocks, zeros, nan, infinite, firstNotFinite, mean, standardDeviation, norm } = statistics;
  const isSample = read < values;
  const share = (count: number): TemplateResult | string =>
    count === 0 ? '0' : html`${formatCount(count)} <span class="whole">(${formatShare(count / read)})</span>`;
  return html`<p class="muted small" data-read=${read}>
      ${
        isSample
          ? l10n.t(
              'Of a sample: {0} of {1} values, {2} blocks from the first to the last.',
              formatCount(read),
              formatCount(values),
              formatCount(blocks),
            )
          : counted(values, l10n.t('Of the one value.'), l10n.t('Of all {0} values.'))
      }
      ${l10n.t('Read in {0}.', readingTime(statistics.seconds))}
      ${isSample ? html`<button class="link" data-action="whole" @click=${() => actions.compute(true)}>${l10n.t('Read all of it')}</button>` : nothing}
    </p>
    <dl class="figures">
      ${extreme(l10n.t('Least'), statistics.least, actions)}
      ${extreme(l10n.t('Greatest'), statistics.greatest, actions)} ${figure(l10n.t('Mean'), number(mean))}
      ${figure(l10n.t('Standard deviation'), number(standardDeviation), l10n.t('Of the values, divided by their number'))}
      ${figure(isSample ? l10n.t('Norm of the sample') : l10n.t('Norm'), number(norm), l10n.t('Frobenius: square root of the sum of squares'))}
      ${figure(l10n.t('Zeros'), share(zeros))}
      <div class=${nan > 0 ? 'wrong' : ''} data-figure="nan">
        <dt>NaN</dt>
        <dd>${share(nan)}</dd>
      </div>
      <div class=${infinite > 0 ? 'wrong' : ''}>
        <dt>${l10n.t('Infinite')}</dt>
        <dd>${share(infinite)}</dd>
      </div>
    </dl>
    ${
      firstNotFinite === null
        ? nothing
        : html`<p class="small">
            ${l10n.t('The first value that is not finite has index {0}.', formatCount(firstNotFinite))}
            <button class="link" @click=${() => actions.goTo(firstNotFinite)}>${l10n.t('Show it')}</button>
          </p>`
    }
    ${histogram(statistics, look, actions.change)}`;
}

function readingTime(seconds: number): string {
  return seconds < 1
    ? l10n.t('{0} ms', Math.max(1, Math.round(1000 * seconds)))
    : l10n.t('{0} s', withDecimalMark(seconds.toFixed(1)));
}

function figure(title: string, text: TemplateResult | string, hint = ''): TemplateResult {
  return html`<div title=${hint === '' ? nothing : hint}>
    <dt>${title}</dt>
    <dd>${text}</dd>
  </div>`;
}

function extreme(title: string, found: ExtremeValue | null, actions: StatisticsActions): TemplateResult {
  if (found === null) return figure(title, '–');
  return html`<div>
    <dt>${title}</dt>
    <dd>
      <button class="link" title=${l10n.t('Show it among the values')} @click=${() => actions.goTo(found.index)}>
        ${formatValue(found.value)}
      </button>
    </dd>
  </div>`;
}

function number(value: number | null): string {
  return value === null ? '–' : formatValue(value);
}
