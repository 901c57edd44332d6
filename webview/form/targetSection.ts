import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { counted } from '../../src/language/counted';
import { formatCount } from '../shared/format';
import { range } from './figures';
import type { FormModel } from './formModel';
import { GRID_FIELDS } from './fields';
import { documentationOf, problemLine } from './methodSection';
import { isStale } from './measurements';
import { cellKey, changesFor, layersOfPattern, type GridShape, type Selection } from './selection';
import { groupedWarnings, type GroupedWarning } from './warnings';
import { suggestBar } from './suggestBar';
import { describeCell, describeScore, scoresByCell, type ShadeBy, type Totals } from './targetFigures';

const HINT = l10n.t('click or drag to choose · Shift for a range · heads for a whole row or column');

/** What the section shows beyond the document: how cells are shaded, and the one looked at. */
export interface TargetView {
  readonly shadeBy: ShadeBy;
  /** Key of a cell; empty for none. */
  readonly pointed: string;
  readonly patternWrong: boolean;
}

/** The grid of target modules with its tools above and its totals below. */
export function targetSection(
  model: FormModel,
  selection: Selection,
  totals: Totals | undefined,
  view: TargetView,
  show: (view: Partial<TargetView>) => void,
): TemplateResult {
  const { plan, stale } = model.plan;
  const shape: GridShape = { layers: plan?.model.layers ?? 0, modules: plan?.model.modules ?? [] };
  const write = (next: Selection): void => model.edit(changesFor(next, shape));
  const everywhere = (keep: (layer: number, module: string) => boolean): Selection =>
    new Set(
      Array.from({ length: shape.layers }, (_, layer) =>
        shape.modules.filter((name) => keep(layer, name)).map((name) => cellKey(layer, name)),
      ).flat(),
    );
  const applyPattern = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    const layers = layersOfPattern(event.target.value, shape.layers);
    show({ patternWrong: layers === undefined });
    if (layers === undefined) return;
    const used = shape.modules.filter((name) => [...selection].some((key) => key.endsWith(`/${name}`)));
    const modules = used.length > 0 ? used : shape.modules;
    write(everywhere((layer, name) => layers.includes(layer) && modules.includes(name)));
  };
  const suggested = model.suggestion.result;
  const scores =
    suggested === undefined || isStale(model.suggestion, model.values, 'scores')
      ? undefined
      : scoresByCell(suggested.modules);
  // What no longer holds is not shown as if it did.
  const shadeBy = view.shadeBy === 'score' && scores === undefined ? 'rankBound' : view.shadeBy;
  const pointedScore = scores?.get(view.pointed);
  const pointed = plan?.modules.find(({ layer, module }) => cellKey(layer, module) === view.pointed);
  return html`<section aria-labelledby="targets-title">
    <div class="section-head">
      <h2 id="targets-title" class="documented" title=${documentationOf(model, GRID_FIELDS)}>
        ${l10n.t('Target modules')}
      </h2>
      <div class="row">
        <button class="toggle" @click=${() => write(everywhere(() => true))}>${l10n.t('All')}</button>
        <button class="toggle" @click=${() => write(new Set())}>${l10n.t('None')}</button>
        <button class="toggle" @click=${() => write(everywhere((layer, name) => !selection.has(cellKey(layer, name))))}>
          ${l10n.t('Invert')}
        </button>
        <input
          class=${view.patternWrong ? 'pattern wrong' : 'pattern'}
          placeholder=${l10n.t('layers: 0-5, even, last 4')}
          aria-label=${l10n.t('Select layers by a pattern such as 0-5,8 or even or last 4')}
          title=${l10n.t('Layers to adapt, in the modules that are chosen now: 0-5,8 · even · odd · first 4 · last 4. Enter applies.')}
          aria-invalid=${view.patternWrong ? 'true' : 'false'}
          @keydown=${applyPattern}
        />
      </div>
      <div class="segments spread" role="group" aria-label=${l10n.t('Shade cells by')}>
        ${shadeButton('rankBound', l10n.t('Rank bound'), shadeBy, show)}
        ${shadeButton('parameters', l10n.t('Parameters'), shadeBy, show)}
        ${scores === undefined ? nothing : shadeButton('score', l10n.t('Score'), shadeBy, show)}
      </div>
      <button
        class="toggle suggest"
        title=${l10n.t('Measure on your data which modules the loss asks most to change, and propose which to train. Nothing is trained.')}
        ?disabled=${plan === undefined || model.isMeasuring || model.state?.mayTrain !== true}
        @click=${() => {
          show({ shadeBy: 'score' });
          model.measure('suggestion');
        }}
      >
        <vscode-icon name="lightbulb" size="14"></vscode-icon>${l10n.t('Suggest')}
      </button>
    </div>
    ${suggestBar(model, scores, shadeBy === 'score')} ${problemLine(model, 'adapter.layers')}
    ${problemLine(model, 'adapter.modules')} ${problemLine(model, 'adapter.targets')}
    ${
      plan === undefined
        ? html`<div class="placeholder muted">
            ${model.plan.error === undefined ? l10n.t('Reading the model…') : l10n.t('The grid appears once the model can be read.')}
          </div>`
        : html`<mora-target-grid
            .plan=${plan}
            .selection=${selection}
            .shadeBy=${shadeBy}
            .scores=${scores}
            .stale=${stale}
            @select=${(event: CustomEvent<Selection>) => write(event.detail)}
            @point=${(event: CustomEvent<string>) => event.detail !== view.pointed && show({ pointed: event.detail })}
          ></mora-target-grid>`
    }
    <div class="readout small muted">
      <span>${totals === undefined ? nothing : totalLine(totals, plan?.modules.length ?? 0)}</span>
      <span class="spread"
        >${pointed === undefined ? (plan === undefined ? nothing : HINT) : describeCell(pointed, selection.has(view.pointed))}${pointedScore === undefined || scores === undefined ? '' : `. ${describeScore(pointedScore, scores.size)}`}</span
      >
    </div>
    ${plan === undefined ? nothing : warningList(groupedWarnings(plan))}
  </section>`;
}

function warningList(warnings: readonly GroupedWarning[]): TemplateResult | typeof nothing {
  if (warnings.length === 0) return nothing;
  return html`<ul class="warnings small" aria-label=${l10n.t('Warnings')}>
    ${warnings.map(
      ({ where, text }) =>
        html`<li>
          <vscode-icon name="warning" size="14"></vscode-icon
          ><span>${where === '' ? nothing : html`<span class="strong">${where}</span> `}${text}</span>
        </li>`,
    )}
  </ul>`;
}

function totalLine(totals: Totals, all: number): TemplateResult {
  if (totals.modules === 0)
    return html`<span class="problem">${l10n.t('No module is chosen, so there is nothing to train.')}</span>`;
  const facts = [
    counted(all, l10n.t('{1} of {0} module'), l10n.t('{1} of {0} modules'), formatCount(totals.modules)),
    counted(totals.parameters, l10n.t('{0} parameter'), l10n.t('{0} parameters')),
    l10n.t('rank up to {0}', range(...totals.rankBound)),
  ];
  return html`<span class="strong">${facts.join(' · ')}</span>`;
}

function shadeButton(
  by: ShadeBy,
  title: string,
  shown: ShadeBy,
  show: (view: Partial<TargetView>) => void,
): TemplateResult {
  return html`<button aria-pressed=${shown === by ? 'true' : 'false'} @click=${() => show({ shadeBy: by })}>
    ${title}
  </button>`;
}
