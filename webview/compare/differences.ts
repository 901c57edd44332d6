import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { ListedTensor, TensorDifference } from '../../src/engine/rpc/contents';
import { counted } from '../../src/language/counted';
import { formatCount, formatShare, formatValue } from '../shared/format';
import { styled } from '../shared/styled';
import { relative } from './summary';

export const ORDERS = ['relative', 'norm', 'largest', 'name'] as const;
export type Order = (typeof ORDERS)[number];

/** Rows drawn at first: a table of more is searched, not read. */
export const FIRST_ROWS = 500;

const TITLES: Readonly<Record<Order, { readonly title: string; readonly hint: string }>> = {
  name: { title: l10n.t('Tensor'), hint: l10n.t('By name') },
  norm: { title: '‖Δ‖', hint: l10n.t('‖right − left‖, Frobenius') },
  relative: { title: l10n.t('Relative'), hint: l10n.t('‖right − left‖ / ‖left‖') },
  largest: { title: l10n.t('Largest'), hint: l10n.t('Largest |right − left|') },
};

const natural = new Intl.Collator('en', { numeric: true });

/** In the chosen order, those without figures first: another shape is the greatest difference. */
export function ordered(differing: readonly TensorDifference[], order: Order, query: string): TensorDifference[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = differing.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const figure = (difference: TensorDifference): number => {
    if (difference.reason === 'shape' || difference.reason === 'unreadable') return Infinity;
    if (order === 'relative') return relative(difference.norm, difference.leftNorm) ?? Number.MAX_VALUE;
    return (order === 'norm' ? difference.norm : difference.largest) ?? Number.MAX_VALUE;
  };
  const byName = (a: TensorDifference, b: TensorDifference): number => natural.compare(a.name, b.name);
  if (order === 'name') return found.sort(byName);
  return found.sort((a, b) => {
    const [x, y] = [figure(a), figure(b)];
    return x === y ? byName(a, b) : y - x;
  });
}

export function differenceTable(
  rows: readonly TensorDifference[],
  order: Order,
  choose: (order: Order) => void,
): TemplateResult {
  const most = rows.reduce((a, { norm, leftNorm }) => Math.max(a, relative(norm, leftNorm) ?? 0), 0);
  const header = (name: Order): TemplateResult =>
    html`<th scope="col" aria-sort=${name === order ? (name === 'name' ? 'ascending' : 'descending') : 'none'}>
      <button class="sort" data-order=${name} title=${TITLES[name].hint} @click=${() => choose(name)}>
        ${TITLES[name].title}${name === order ? html`<span aria-hidden="true"> ${name === 'name' ? '↑' : '↓'}</span>` : nothing}
      </button>
    </th>`;
  return html`<table class="differences" data-rows=${rows.length}>
    <thead>
      <tr>
        ${header('name')}
        <th scope="col">${l10n.t('Type')}</th>
        <th scope="col">${l10n.t('Shape')}</th>
        <th scope="col" title=${l10n.t('Elements that differ')}>${l10n.t('Changed')}</th>
        ${header('norm')} ${header('relative')}
        <th class="bar-cell"><span class="hidden-visually">${l10n.t('Relative, as a bar')}</span></th>
        ${header('largest')}
      </tr>
    </thead>
    <tbody>
      ${rows.map((difference) => row(difference, most))}
    </tbody>
  </table>`;
}

function row(difference: TensorDifference, most: number): TemplateResult {
  const { name, left, right, reason, values, changed, notFinite, norm, leftNorm, largest } = difference;
  const share = relative(norm, leftNorm);
  const type = left.dtype === right.dtype ? left.dtype : `${left.dtype} → ${right.dtype}`;
  const shape = shapeOf(left.shape);
  const hasFigures = reason === 'values';
  return html`<tr>
    <th scope="row" title=${name}>${name}</th>
    <td>${type}</td>
    <td>${reason === 'shape' ? html`<b>${shape} → ${shapeOf(right.shape)}</b>` : shape}</td>
    ${
      hasFigures
        ? html`<td title=${changedText(difference)}>
              ${changed === values ? l10n.t('all') : formatShare(changed / values)}${notFinite === 0 ? '' : ' *'}
            </td>
            <td>${norm === null ? '–' : formatValue(norm)}</td>
            <td>${share === null ? '–' : formatShare(share)}</td>
            <td class="bar-cell">
              <i ${styled({ width: `${most === 0 || share === null ? 0 : (100 * share) / most}%` })}></i>
            </td>
            <td>${formatValue(largest)}</td>`
        : html`<td colspan="5" class="reason">${REASONS[reason]}</td>`
    }
  </tr>`;
}

/** "12 of 4,096; 1 pair is not finite and in no norm". */
function changedText({ changed, values, notFinite }: TensorDifference): string {
  const share = l10n.t('{0} of {1}', formatCount(changed), formatCount(values));
  if (notFinite === 0) return share;
  return counted(
    notFinite,
    l10n.t('{1}; {0} pair is not finite and in no norm'),
    l10n.t('{1}; {0} pairs are not finite and in no norm'),
    share,
  );
}

function andMore(count: number): string {
  return counted(count, l10n.t('and {0} more'), l10n.t('and {0} more'));
}

const REASONS: Readonly<Record<Exclude<TensorDifference['reason'], 'values'>, string>> = {
  shape: l10n.t('another shape, so its values were not compared'),
  dtype: l10n.t('the same values in another type'),
  bits: l10n.t('the same values in other bytes (−0, or another NaN)'),
  unreadable: l10n.t('of a type whose values are not read'),
};

/** Tensors that only one of the two has. */
export function onlyIn(name: string, tensors: readonly ListedTensor[]): TemplateResult | typeof nothing {
  if (tensors.length === 0) return nothing;
  return html`<details class="only">
    <summary>${counted(tensors.length, l10n.t('{0} only in {1}'), l10n.t('{0} only in {1}'), name)}</summary>
    <table>
      <tbody>
        ${tensors.slice(0, FIRST_ROWS).map(
          ({ name: tensor, dtype, shape, bytes }) =>
            html`<tr>
              <th scope="row">${tensor}</th>
              <td>${dtype}</td>
              <td>${shapeOf(shape)}</td>
              <td>${formatBytes(bytes)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${tensors.length > FIRST_ROWS ? html`<p class="muted small">${andMore(tensors.length - FIRST_ROWS)}</p>` : nothing}
  </details>`;
}

function shapeOf(shape: readonly number[]): string {
  return shape.length === 0 ? l10n.t('scalar') : shape.join(' × ');
}
