import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell } from '../../src/host/protocol/rankView';
import { withDecimalMark } from '../../src/language/language';
import { filled } from '../shared/filled';
import { formatCount } from '../shared/format';
import { styled } from '../shared/styled';
import { isPartial } from './measures';

export interface Summary {
  readonly method: string;
  readonly effectiveRank: number;
  /** Highest rank of ΔW, and of LoRA with as many parameters; the mean over modules. */
  readonly bound: number;
  readonly loraBound: number;
  readonly isLora: boolean;
  /** Full fine-tuning and differences have no r to compare with. */
  readonly isFull: boolean;
  /** Only the largest singular values are known somewhere: the mean is at most the true one. */
  readonly isPartial: boolean;
}

export function summarise(method: string, cells: readonly Cell[]): Summary {
  const mean = (value: (cell: Cell) => number): number =>
    cells.reduce((sum, cell) => sum + value(cell), 0) / Math.max(1, cells.length);
  return {
    method,
    effectiveRank: mean((cell) => cell.effectiveRank),
    bound: mean((cell) => cell.rankBound),
    loraBound: mean((cell) => cell.loraBound),
    isLora: cells.every((cell) => cell.method === 'lora'),
    isFull: cells.every((cell) => cell.method === 'full'),
    isPartial: cells.some(isPartial),
  };
}

/** "MoRA (Rotation, r̂ 54): mean effective rank 143 of 192; LoRA at the same parameters cannot pass 8." */
export function sentence(summary: Summary): string {
  const { text, figures } = finding(summary);
  return `${summary.method}: ${text.replace(/\{(\d)\}/g, (_, place: string) => figures[Number(place)] ?? '')}.`;
}

/** What a summary says, and what goes into the places of it. */
function finding({ effectiveRank, bound, loraBound, isLora, isFull, isPartial: part }: Summary): {
  readonly text: string;
  readonly figures: readonly string[];
} {
  return {
    text:
      isLora || isFull
        ? l10n.t('mean effective rank {0} of {1}')
        : l10n.t('mean effective rank {0} of {1}; LoRA at the same parameters cannot pass {2}'),
    figures: [`${part ? '≥ ' : ''}${figure(effectiveRank)}`, figure(bound), figure(loraBound)],
  };
}

/** The sentence, and under it how much of the possible rank is used, on one scale for both sources. */
export function summaryView(primary: Summary, other: Summary | null, colors: readonly string[]): TemplateResult {
  const scale = Math.max(primary.bound, other?.bound ?? 0, 1);
  const rows = other === null ? [primary] : [primary, other];
  return html`<div class="summary">
    ${rows.map(
      (row, index) => html`
        <p>
          ${other === null ? nothing : html`<i class="dot" ${styled({ background: colors[index] ?? '' })}></i>`}<b
            >${row.method}</b
          >
          · ${findingView(row)}
        </p>
        <div class="gauge" aria-hidden="true">
          <div class="possible" ${styled({ width: share(row.bound, scale) })}></div>
          <div
            class="used"
            ${styled({ width: share(row.effectiveRank, scale), background: colors[index] ?? '' })}
          ></div>
          ${row.isLora || row.isFull ? nothing : html`<i class="bound" ${styled({ left: share(row.loraBound, scale) })}></i>`}
        </div>
      `,
    )}
  </div>`;
}

function findingView(summary: Summary): TemplateResult {
  const { text, figures } = finding(summary);
  const [used = '', bound = '', lora = ''] = figures;
  return filled(text, html`<b class="strong">${used}</b>`, bound, html`<b>${lora}</b>`);
}

function figure(value: number): string {
  return value < 20 && !Number.isInteger(value) ? withDecimalMark(value.toFixed(1)) : formatCount(value);
}

function share(value: number, scale: number): string {
  return `${((100 * value) / scale).toFixed(2)}%`;
}
