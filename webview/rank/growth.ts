import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Sources } from '../../src/host/protocol/rankView';
import '../shared/chart/curveChart';
import { formatCompact } from '../shared/format';
import type { Theme } from '../shared/theme';
import { trendLines } from './spectrum';

/** How the mean effective rank came about. */
export function growth(sources: Sources, step: number, theme: Theme): TemplateResult | typeof nothing {
  const { steps } = sources.primary;
  if (steps.length < 2) return nothing;
  const limits = { from: steps[0] ?? 0, to: steps.at(-1) ?? 1 };
  const title = l10n.t('Mean effective rank over training');
  return html`<div class="growth">
    <p class="muted">${title}</p>
    <mora-curve-chart
      .label=${title}
      .theme=${theme}
      .lines=${trendLines(sources, theme)}
      .verticals=${[{ x: step, color: theme.cursor }]}
      .span=${limits}
      .limits=${limits}
      .isSmall=${true}
      .startsAtZero=${true}
      .formatX=${formatCompact}
      .formatY=${formatCompact}
    ></mora-curve-chart>
  </div>`;
}
