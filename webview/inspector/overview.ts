import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { Contents, ListedTensor } from '../../src/engine/rpc/contents';
import { counted } from '../../src/language/counted';
import { formatCount, formatShare } from '../shared/format';
import { styled } from '../shared/styled';
import { typesIn, type TreeNode } from './tree';
import { breakable, countedParameters, countedTensors, moduleText, titleOf } from './words';

/** Longest metadata value that is shown whole without asking. */
const SHORT = 160;

/** The whole checkpoint: types, metadata, shards. */
export function overview(contents: Contents): TemplateResult {
  const { metadata, kind } = contents;
  const entries = Object.entries(metadata);
  return html`<h2>${l10n.t('Overview')}</h2>
    ${types(contents.tensors)}
    <section aria-label=${l10n.t('Metadata')}>
      <h3>${l10n.t('Metadata')}</h3>
      ${
        entries.length === 0
          ? html`<p class="muted small">
              ${kind === 'shards' ? l10n.t('The index has none.') : l10n.t('The header has none.')}
            </p>`
          : html`<dl class="metadata" data-metadata=${entries.length}>
              ${entries.map(([key, value]) => metadatum(key, value))}
            </dl>`
      }
    </section>
    ${kind === 'shards' ? shards(contents) : nothing}`;
}

/** A group of tensors. */
export function groupDetail(node: TreeNode, tensors: readonly ListedTensor[], contents: Contents): TemplateResult {
  const { totals, module } = node;
  return html`<h2>${breakable(node.id.slice(2))}</h2>
    <p class="muted facts">
      ${module === undefined ? nothing : html`<b>${moduleText(module)}</b>`}<span
        >${countedTensors(totals.tensors)}</span
      ><span>${countedParameters(totals.parameters)}</span><span>${formatBytes(totals.bytes)}</span
      ><span>${l10n.t('{0} of all', formatShare(totals.bytes / Math.max(1, contents.totals.bytes)))}</span>
    </p>
    ${module === undefined ? nothing : html`<p>${moduleSentence(node, contents)}</p>`} ${types(tensors)}`;
}

function moduleSentence({ module }: TreeNode, { adapter }: Contents): string {
  if (module === undefined) return '';
  if (module.problem !== undefined) return l10n.t('This module cannot be used as it is: {0}.', module.problem);
  switch (module.method) {
    case 'mora': {
      const rHat = module.rHat ?? '?';
      const source =
        adapter?.mode === undefined
          ? l10n.t('ΔW comes from one square matrix M of {0} × {0}.', rHat)
          : l10n.t('ΔW comes from one square matrix M of {0} × {0}, mode {1}.', rHat, titleOf(adapter.mode));
      return `${source} ${l10n.t('It is stored twice, as lora_A and lora_B, as the official code does.')}`;
    }
    case 'lora':
      return l10n.t('ΔW is B · A, scaled: its rank is at most {0}.', module.rank ?? '?');
    case 'full':
      return l10n.t('ΔW is stored whole.');
  }
}

function types(tensors: readonly ListedTensor[]): TemplateResult {
  const found = typesIn(tensors);
  const all = found.reduce((sum, { bytes }) => sum + bytes, 0);
  return html`<section aria-label=${l10n.t('Types')}>
    <h3>${l10n.t('Types')}</h3>
    <table class="types">
      <thead>
        <tr>
          <th scope="col">${l10n.t('Type')}</th>
          <th scope="col">${l10n.t('Tensors')}</th>
          <th scope="col">${l10n.t('Parameters')}</th>
          <th scope="col">${l10n.t('Size')}</th>
          <th scope="col"><span class="hidden-visually">${l10n.t('Share of the bytes')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${found.map(
          ({ dtype, tensors: count, parameters, bytes }) =>
            html`<tr>
              <th scope="row">${dtype}</th>
              <td>${formatCount(count)}</td>
              <td>${formatCount(parameters)}</td>
              <td>${formatBytes(bytes)}</td>
              <td class="share" title=${formatShare(bytes / Math.max(1, all))}>
                <i ${styled({ width: `${(100 * bytes) / Math.max(1, all)}%` })}></i>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function metadatum(key: string, value: string): TemplateResult {
  return html`<dt>${key}</dt>
    <dd>
      ${
        value.length <= SHORT
          ? value
          : html`<details>
              <summary>${value.slice(0, SHORT)}… <span class="muted">${countedCharacters(value.length)}</span></summary>
              <pre tabindex="0">${prettier(value)}</pre>
            </details>`
      }
    </dd>`;
}

function countedCharacters(count: number): string {
  return counted(count, l10n.t('{0} character'), l10n.t('{0} characters'));
}

/** Trainers put JSON into metadata. */
function prettier(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

function shards({ files }: Contents): TemplateResult {
  return html`<section aria-label=${l10n.t('Shards')}>
    <h3>${l10n.t('Shards')}</h3>
    <div class="scrolled" tabindex="0" aria-label=${l10n.t('Shards')}>
      <table data-shards=${files.length}>
        <thead>
          <tr>
            <th scope="col">${l10n.t('File')}</th>
            <th scope="col">${l10n.t('Tensors')}</th>
            <th scope="col">${l10n.t('Size')}</th>
            <th scope="col">${l10n.t('Header')}</th>
          </tr>
        </thead>
        <tbody>
          ${files.map(
            ({ name, tensors, bytes, headerBytes, problem }) =>
              html`<tr class=${problem === undefined ? '' : 'wrong'} title=${problem ?? nothing}>
                <th scope="row">${name}</th>
                ${
                  problem === undefined
                    ? html`<td>${formatCount(tensors)}</td>
                        <td>${formatBytes(bytes)}</td>
                        <td>${formatBytes(headerBytes)}</td>`
                    : html`<td colspan="3">
                        ${problem.includes('does not exist') ? l10n.t('missing') : l10n.t('cannot be read')}
                      </td>`
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
