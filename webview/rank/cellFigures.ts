import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, Settings, TrendPoint } from '../../src/host/protocol/rankView';
import { counted } from '../../src/language/counted';
import { formatCount } from '../shared/format';
import { sparkline } from '../shared/sparkline';
import { styled } from '../shared/styled';
import { figureOf, MEASURE_NAMES, MEASURES } from './measures';
import { term } from './term';

/** The figures of one module, and beside them those of the source laid over it. */
export function cellFigures(
  cells: readonly Cell[],
  labels: readonly string[],
  trend: readonly TrendPoint[],
  colors: readonly string[],
  settings: Settings,
): TemplateResult {
  const compares = cells.length > 1;
  // Of one method, they are told apart by their names.
  const isOneMethod = cells.every(({ method }) => method === cells[0]?.method);
  const row = (title: string, hint: string, value: (cell: Cell) => string): TemplateResult =>
    html`<tr>
      <th scope="row">${term(title, hint)}</th>
      ${cells.map((cell) => html`<td>${value(cell)}</td>`)}
    </tr>`;
  return html`
    <table class="cell-figures">
      ${
        compares
          ? html`<thead>
              <tr>
                <th></th>
                ${labels.map(
                  (label, index) =>
                    html`<th scope="col" title=${label}>
                      <span class="source"
                        ><i class="dot" ${styled({ background: colors[index] ?? '' })}></i>${
                          isOneMethod ? label : methodName(cells[index])
                        }</span
                      >
                    </th>`,
                )}
              </tr>
            </thead>`
          : nothing
      }
      <tbody>
        ${MEASURE_NAMES.map((measure) => {
          const { title, definition } = MEASURES[measure];
          return row(title(settings), definition(settings), (cell) => figureOf(cell, measure));
        })}
        ${row(l10n.t('Shape'), l10n.t('Outputs × inputs of ΔW'), ({ dOut, dIn }) => `${dOut} × ${dIn}`)}
        ${row(l10n.t('r̂ or r'), l10n.t('Side of M (MoRA), or LoRA’s rank'), ({ rHat, rank }) => String(rHat ?? rank ?? '–'))}
        ${row(l10n.t('Parameters'), l10n.t('Trainable parameters of this module'), ({ parameters }) => formatCount(parameters))}
      </tbody>
    </table>
    ${
      trend.length < 2
        ? nothing
        : html`<p class="trend">
            <span class="muted"
              >${counted(
                trend.length,
                l10n.t('Effective rank over {0} checkpoint'),
                l10n.t('Effective rank over {0} checkpoints'),
              )}</span
            >
            ${sparkline({ x: trend.map(({ step }) => step), y: trend.map((point) => point.effectiveRank) }, 120, 24)}
          </p>`
    }
  `;
}

function methodName(cell: Cell | undefined): string {
  switch (cell?.method) {
    case 'mora':
      return 'MoRA';
    case 'lora':
      return 'LoRA';
    case 'full':
      return l10n.t('Full');
    case undefined:
      return '';
  }
}
