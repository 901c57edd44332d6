import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { CellMap, Side, Sources } from '../../src/host/protocol/rankView';
import type { Theme } from '../shared/theme';
import { growth } from './growth';
import type { SelectEvent } from './heatMap';
import './heatMap';
import './legend';
import { MEASURES } from './measures';
import type { ViewState } from './viewState';
import { missingFigures } from './workBar';

export interface MapsLook {
  readonly maps: Readonly<Record<Side, CellMap>>;
  readonly view: Pick<ViewState, 'measure' | 'settings' | 'selected'>;
  readonly step: number;
  readonly theme: Theme;
}

export interface MapsActions {
  readonly select: (place: SelectEvent['detail']) => void;
  readonly findIntruders: (side: Side) => void;
  readonly readNorms: (side: Side) => void;
}

/** The map of each source with their common legend, and how the rank has grown. */
export function mapsView(
  sources: Sources,
  { maps, view, step, theme }: MapsLook,
  { select, findIntruders, readNorms }: MapsActions,
): TemplateResult {
  const { primary, other } = sources;
  const { measure, settings, selected } = view;
  const { format, title, definition } = MEASURES[measure];
  const shown = [
    { source: primary, map: maps.primary, side: 'primary' as const },
    ...(other === null ? [] : [{ source: other, map: maps.other, side: 'other' as const }]),
  ].filter(({ map }) => map.cells.length > 0);
  if (shown.length === 0) return html`<section aria-label=${l10n.t('Map')}></section>`;
  const extents = shown.map(({ map }) => map.extents[measure]);
  // One scale, so that a colour means the same in both.
  const extent = [
    Math.min(...extents.map(([least]) => least)),
    Math.max(...extents.map(([, greatest]) => greatest)),
  ] as const;
  return html`<section aria-label=${l10n.t('Map')}>
    <div class="maps">
      ${shown.map(
        ({ source, map, side }) =>
          html`<div>
            ${shown.length > 1 ? html`<h2>${source.name}</h2>` : nothing}
            <mora-heat-map
              data-side=${side}
              .cells=${map.cells}
              .measure=${measure}
              .settings=${settings}
              .name=${shown.length > 1 ? source.name : ''}
              .extent=${extent}
              .selected=${selected}
              .theme=${theme}
              @cell-select=${(event: SelectEvent) => select(event.detail)}
            ></mora-heat-map>
            ${missingFigures(measure, map.cells, source, {
              findIntruders: () => findIntruders(side),
              readNorms: () => readNorms(side),
            })}
          </div>`,
      )}
    </div>
    <div class="legend" title=${definition(settings)}>
      <span>${format(extent[0])}</span><mora-ramp .theme=${theme}></mora-ramp><span>${format(extent[1])}</span>
      <span
        >${primary.steps.length > 1 ? l10n.t('{0}, same scale at every step', title(settings)) : title(settings)}</span
      >
    </div>
    ${growth(sources, step, theme)}
  </section>`;
}
