import { html, nothing, type TemplateResult } from 'lit';
import type { Cell } from '../../src/host/protocol/rankView';
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

/** "MoRA (rotation, r̂ 54): mean effective rank 143 of 192; LoRA at the same parameters cannot pass 8." */
export function sentence({
  method,
  effectiveRank,
  bound,
  loraBound,
  isLora,
  isFull,
  isPartial: part,
}: Summary): string {
  const first = `${method}: mean effective rank ${part ? 'at least ' : ''}${figure(effectiveRank)} of ${figure(bound)}`;
  return isLora || isFull ? `${first}.` : `${first}; LoRA at the same parameters cannot pass ${figure(loraBound)}.`;
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
          · mean effective rank <b class="strong">${row.isPartial ? '≥ ' : ''}${figure(row.effectiveRank)}</b> of
          ${figure(row.bound)}${
            row.isLora || row.isFull
              ? nothing
              : html`; LoRA at the same parameters cannot pass <b>${figure(row.loraBound)}</b>`
          }
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

function figure(value: number): string {
  return value < 20 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

function share(value: number, scale: number): string {
  return `${((100 * value) / scale).toFixed(2)}%`;
}
