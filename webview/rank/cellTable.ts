import { html, type TemplateResult } from 'lit';
import type { Cell } from '../../src/host/protocol/rankView';
import { formatCount } from '../shared/format';
import { MEASURE_NAMES, MEASURES } from './measures';

/** The whole map as a table: the same figures for those who read rather than look. */
export function cellTable(cells: readonly Cell[]): TemplateResult {
  return html`<div class="all-cells" data-table tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col">Module</th>
          ${MEASURE_NAMES.map(
            (measure) => html`<th scope="col" title=${MEASURES[measure].definition}>${MEASURES[measure].title}</th>`,
          )}
          <th scope="col">r̂ or r</th>
          <th scope="col">Parameters</th>
        </tr>
      </thead>
      <tbody>
        ${cells.map(
          (cell) =>
            html`<tr>
              <td>${cell.layer}</td>
              <th scope="row">${cell.module}</th>
              ${MEASURE_NAMES.map((measure) => html`<td>${MEASURES[measure].format(cell[measure])}</td>`)}
              <td>${cell.rHat ?? cell.rank ?? '–'}</td>
              <td>${formatCount(cell.parameters)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
