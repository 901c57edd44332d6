import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { ListedTensor } from '../../src/engine/rpc/contents';
import { statisticsView, type StatisticsActions, type StatisticsState } from './statisticsView';
import type { FormatEvent, ReadValues } from './valuesTable';
import './valuesTable';
import type { ViewState } from './viewState';
import { breakable, countedBytes, countedParameters, ROLES, shapeText } from './words';

/** As many as the extension reads when not told to read all; see SAMPLE_VALUES there. */
const SAMPLE_VALUES = 1 << 24;

export interface DetailLook {
  /** Name of the shard that the tensor is in; undefined where there is one file only. */
  readonly shard: string | undefined;
  readonly statistics: StatisticsState;
  readonly view: ViewState;
  /** The value to bring into sight. */
  readonly marked: { readonly index: number } | null;
}

export interface DetailActions extends StatisticsActions {
  readonly read: ReadValues;
  readonly setFormat: (format: FormatEvent['detail']) => void;
}

/** One tensor: what it is, its statistics, and its values. */
export function tensorDetail(
  tensor: ListedTensor,
  { shard, statistics, view, marked }: DetailLook,
  actions: DetailActions,
): TemplateResult {
  const { name, dtype, shape, parameters, bytes, role } = tensor;
  return html`<h2>${breakable(name)}</h2>
    <p class="muted facts">
      <b>${dtype}</b><b>${shapeText(shape)}</b><span>${countedParameters(parameters)}</span
      ><span title=${countedBytes(bytes)}>${formatBytes(bytes)}</span
      >${shard === undefined ? nothing : html`<span>${l10n.t('in {0}', shard)}</span>`}
    </p>
    ${role === undefined ? nothing : html`<p>${ROLES[role].sentence}</p>`}
    ${
      parameters === 0
        ? html`<p class="muted">${l10n.t('It has no values.')}</p>`
        : html`${statisticsView(tensor, SAMPLE_VALUES, statistics, view, actions)}
            <section aria-label=${l10n.t('Values')}>
              <h3>${l10n.t('Values')}</h3>
              <mora-values
                .tensor=${tensor}
                .read=${actions.read}
                .format=${view.format}
                .marked=${marked}
                @number-format=${(event: FormatEvent) => actions.setFormat(event.detail)}
              ></mora-values>
            </section>`
    }`;
}
