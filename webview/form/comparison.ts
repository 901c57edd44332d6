import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Plan } from '../../src/engine/rpc/plan';
import { counted } from '../../src/language/counted';
import { range } from './figures';
import { fullRank, type Totals } from './targetFigures';
import type { Structure } from './tieDrawing';

/** Width of the bars in units of their drawing. */
const WIDTH = 200;

/** The highest rank that ΔW can reach, beside LoRA of the same rank: the reason to take MoRA, or not to. */
export function comparison(
  plan: Plan | undefined,
  totals: Totals | undefined,
  structure: Structure,
): TemplateResult | typeof nothing {
  if (plan === undefined || totals === undefined || totals.modules === 0) return nothing;
  const most = fullRank(plan);
  const names = { mora: 'MoRA', lora: 'LoRA', full: l10n.t('Full') } as const;
  return html`<div class="comparison">
    <h3 class="small muted">${l10n.t('Highest rank ΔW can reach')}</h3>
    <dl>
      ${bar(names[structure], totals.rankBound, totals.parameters, most, 'ours')}
      ${structure === 'lora' ? nothing : bar('LoRA', totals.loraRankBound, totals.loraParameters, most, 'theirs')}
    </dl>
  </div>`;
}

function bar(
  name: string,
  [low, high]: readonly [number, number],
  parameters: number,
  most: number,
  kind: string,
): TemplateResult {
  const width = (rank: number): number => Math.max(2, (rank / most) * WIDTH);
  return html`<dt>${name}</dt>
    <dd class="bar">
      <svg class=${kind} viewBox="0 0 ${WIDTH} 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width=${WIDTH} height="8"></rect>
        ${svg`<rect class="far" width=${width(high)} height="8"></rect><rect class="near" width=${width(low)} height="8"></rect>`}
      </svg>
    </dd>
    <dd class="bound">${range(low, high)}</dd>
    <dd class="small muted">${counted(parameters, l10n.t('{0} parameter'), l10n.t('{0} parameters'))}</dd>`;
}
