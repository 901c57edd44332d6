import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { CheckpointDifference } from '../../src/engine/rpc/contents';
import { counted } from '../../src/language/counted';
import { withDecimalMark } from '../../src/language/language';
import { formatCount, formatShare, formatValue } from '../shared/format';
import { styled } from '../shared/styled';

/** ‖right − left‖ / ‖left‖; null where it has no meaning. */
export function relative(norm: number | null, leftNorm: number | null): number | null {
  return norm === null || leftNorm === null || leftNorm === 0 ? null : norm / leftNorm;
}

/** One sentence and a bar: how much of the two is the same. */
export function summary(difference: CheckpointDifference, names: readonly [string, string]): TemplateResult {
  const { same, differing, onlyLeft, onlyRight, norm, leftNorm, bytesRead, seconds } = difference;
  const common = same + differing.length;
  const all = common + onlyLeft.length + onlyRight.length;
  const share = relative(norm, leftNorm);
  const parts = [
    {
      count: differing.length,
      className: 'differing',
      text: counted(differing.length, l10n.t('{0} differs'), l10n.t('{0} differ')),
    },
    { count: onlyLeft.length, className: 'left', text: onlyIn(onlyLeft.length, names[0]) },
    { count: onlyRight.length, className: 'right', text: onlyIn(onlyRight.length, names[1]) },
    {
      count: same,
      className: 'same',
      text: counted(same, l10n.t('{0} the same, byte for byte'), l10n.t('{0} the same, byte for byte')),
    },
  ].filter(({ count }) => count > 0);
  return html`<section class="summary" aria-label=${l10n.t('Summary')}>
    <p class="sentence">${sentence(difference, common)}</p>
    <div class="bar" aria-hidden="true">
      ${parts.map(({ count, className }) => html`<i class=${className} ${styled({ 'flex-grow': String(count / all) })}></i>`)}
    </div>
    <p class="parts">
      ${parts.map(
        ({ className, text }) => html`<span><i class="key ${className}" aria-hidden="true"></i>${text}</span>`,
      )}
      ${
        norm === null || differing.length === 0
          ? nothing
          : html`<span
              >${
                share === null
                  ? l10n.t('‖right − left‖ {0}, over all compared', formatValue(norm))
                  : l10n.t(
                      '‖right − left‖ {0}, {1} of ‖left‖, over all compared',
                      formatValue(norm),
                      formatShare(share),
                    )
              }</span
            >`
      }
      <span class="muted spread"
        >${l10n.t('{0} read in {1} s', formatBytes(bytesRead), withDecimalMark(seconds.toFixed(1)))}</span
      >
    </p>
  </section>`;
}

function onlyIn(count: number, name: string): string {
  return counted(count, l10n.t('{0} only in {1}'), l10n.t('{0} only in {1}'), name);
}

/** What a reader wants to know first. */
export function sentence({ same, differing, onlyLeft, onlyRight }: CheckpointDifference, common: number): string {
  if (common === 0) return l10n.t('They have no tensor in common.');
  const isWhole = onlyLeft.length + onlyRight.length === 0;
  if (differing.length === 0) {
    return isWhole
      ? counted(same, l10n.t('The only tensor is the same.'), l10n.t('All {0} tensors are the same.'))
      : counted(
          same,
          l10n.t('The only tensor that both have is the same.'),
          l10n.t('All {0} tensors that both have are the same.'),
        );
  }
  if (same === 0) {
    return isWhole
      ? counted(common, l10n.t('The only tensor differs.'), l10n.t('All {0} tensors differ.'))
      : counted(
          common,
          l10n.t('The only tensor that both have differs.'),
          l10n.t('All {0} tensors that both have differ.'),
        );
  }
  return isWhole
    ? counted(
        differing.length,
        l10n.t('{0} of {1} tensors differs.'),
        l10n.t('{0} of {1} tensors differ.'),
        formatCount(common),
      )
    : counted(
        differing.length,
        l10n.t('{0} of {1} tensors that both have differs.'),
        l10n.t('{0} of {1} tensors that both have differ.'),
        formatCount(common),
      );
}
