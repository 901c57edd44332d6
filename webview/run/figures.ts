import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { RunFigures } from '../../src/host/protocol/runPanel';
import { formatCount } from '../shared/format';
import { sparkline } from '../shared/sparkline';
import { MEASURES, type MeasureKey } from './measures';

const ORDER: readonly MeasureKey[] = [
  'loss',
  'validation',
  'learningRate',
  'gradNorm',
  'tokensPerSecond',
  'residentBytes',
];

/** The strip of last values, each with its trend over the whole run. */
export function figureStrip(figures: RunFigures): TemplateResult {
  return html`<dl class="figures">
    ${ORDER.map((key) => {
      const { title, format } = MEASURES[key];
      const { last, best, trend } = figures[key];
      return html`<div data-figure=${key}>
        <dt>${title}</dt>
        <dd>
          <span class="value">${format(last)}</span>
          ${sparkline(trend, 56, 18)}
        </dd>
        <dd class="best">
          ${best === undefined ? nothing : l10n.t('best {0} at {1}', format(best.value), formatCount(best.step))}
        </dd>
      </div>`;
    })}
  </dl>`;
}
