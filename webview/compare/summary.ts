import { html, nothing, type TemplateResult } from 'lit';
import type { CheckpointDifference } from '../../src/engine/rpc/contents';
import { formatBytes, formatCount, formatShare, formatValue } from '../shared/format';
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
    { count: differing.length, className: 'differing', text: 'differ' },
    { count: onlyLeft.length, className: 'left', text: `only in ${names[0]}` },
    { count: onlyRight.length, className: 'right', text: `only in ${names[1]}` },
    { count: same, className: 'same', text: 'the same, byte for byte' },
  ].filter(({ count }) => count > 0);
  return html`<section class="summary" aria-label="Summary">
    <p class="sentence">${sentence(difference, common)}</p>
    <div class="bar" aria-hidden="true">
      ${parts.map(({ count, className }) => html`<i class=${className} ${styled({ 'flex-grow': String(count / all) })}></i>`)}
    </div>
    <p class="parts">
      ${parts.map(
        ({ count, className, text }) =>
          html`<span><i class="key ${className}" aria-hidden="true"></i>${formatCount(count)} ${text}</span>`,
      )}
      ${
        norm === null || differing.length === 0
          ? nothing
          : html`<span
              >‖right − left‖ ${formatValue(norm)}${share === null ? '' : `, ${formatShare(share)} of ‖left‖`}, over all
              compared</span
            >`
      }
      <span class="muted spread">${formatBytes(bytesRead)} read in ${seconds.toFixed(1)} s</span>
    </p>
  </section>`;
}

/** What a reader wants to know first. */
export function sentence({ same, differing, onlyLeft, onlyRight }: CheckpointDifference, common: number): string {
  if (common === 0) return 'They have no tensor in common.';
  const others = onlyLeft.length + onlyRight.length;
  const which = others === 0 ? 'tensors' : 'tensors that both have';
  if (differing.length === 0)
    return common === 1
      ? `The only one of the ${which} is the same.`
      : `All ${formatCount(same)} ${which} are the same.`;
  if (same === 0)
    return common === 1 ? `The only one of the ${which} differs.` : `All ${formatCount(common)} ${which} differ.`;
  return `${formatCount(differing.length)} of ${formatCount(common)} ${which} ${differing.length === 1 ? 'differs' : 'differ'}.`;
}
