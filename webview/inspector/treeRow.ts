import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import { formatCompact, formatShare } from '../shared/format';
import { styled } from '../shared/styled';
import type { Row } from './rows';
import { ROW_HEIGHT } from './treeGridStyles';
import { countedBytes, countedTensors, moduleText, ROLES, shapeText } from './words';

export interface RowLook {
  /** Place among all rows. */
  readonly index: number;
  readonly isSelected: boolean;
  /** Of the whole checkpoint. */
  readonly totalBytes: number;
}

/** A line of the tree: a tensor, or a group of them. */
export function treeRow(
  row: Row,
  { index, isSelected, totalBytes }: RowLook,
  press: (event: MouseEvent) => void,
): TemplateResult {
  const { node, level, position, siblings, isOpen, share } = row;
  const isGroup = node.children.length > 0;
  const { tensor, totals } = node;
  const ofFile = totalBytes === 0 ? 0 : totals.bytes / totalBytes;
  return html`<div
    id="row-${index}"
    class="row"
    role="row"
    data-node=${node.id}
    aria-level=${level}
    aria-posinset=${position}
    aria-setsize=${siblings}
    aria-rowindex=${index + 1}
    aria-expanded=${isGroup ? String(isOpen) : nothing}
    aria-selected=${isSelected}
    ${styled({ top: `${index * ROW_HEIGHT}px` })}
    @click=${press}
  >
    <span class="name" role="gridcell" title=${tensor?.name ?? node.label} ${styled({ '--level': String(level - 1) })}>
      <span class="twist" aria-hidden="true"
        >${
          isGroup ? html`<vscode-icon name=${isOpen ? 'chevron-down' : 'chevron-right'}></vscode-icon>` : nothing
        }</span
      ><span class=${isGroup ? 'group' : ''}>${node.label}</span>${badge(row)}
    </span>
    <span role="gridcell" class="quiet">${tensor?.dtype ?? ''}</span>
    <span role="gridcell" class="right"
      >${
        tensor === undefined
          ? html`<span class="count">${countedTensors(totals.tensors)}</span>`
          : shapeText(tensor.shape)
      }</span
    >
    <span role="gridcell" class="right parameters">${formatCompact(totals.parameters)}</span>
    <span
      role="gridcell"
      class="size"
      title=${l10n.t('{0}, {1} of all', countedBytes(totals.bytes), formatShare(ofFile))}
      >${formatBytes(totals.bytes)}<i ${styled({ width: level === 1 ? '0' : `${100 * share}%` })}></i
    ></span>
  </div>`;
}

function badge({ node }: Row): TemplateResult | typeof nothing {
  const { module, tensor } = node;
  if (module !== undefined) {
    const { problem } = module;
    return html`<span class="badge ${problem === undefined ? '' : 'wrong'}" title=${problem ?? nothing}
      >${moduleText(module)}${problem === undefined ? '' : `, ${problem}`}</span
    >`;
  }
  if (tensor?.role === undefined) return nothing;
  return html`<span class="badge" title=${ROLES[tensor.role].sentence}>${ROLES[tensor.role].word}</span>`;
}
