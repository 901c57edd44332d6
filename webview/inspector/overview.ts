import { html, nothing, type TemplateResult } from 'lit';
import type { Contents, ListedTensor } from '../../src/engine/rpc/contents';
import { formatBytes, formatCount, formatShare } from '../shared/format';
import { styled } from '../shared/styled';
import { typesIn, type TreeNode } from './tree';
import { breakable, moduleText } from './words';

/** Longest metadata value that is shown whole without asking. */
const SHORT = 160;

/** The whole checkpoint: types, metadata, shards. */
export function overview(contents: Contents): TemplateResult {
  const { metadata, kind } = contents;
  const entries = Object.entries(metadata);
  return html`<h2>Overview</h2>
    ${types(contents.tensors)}
    <section aria-label="Metadata">
      <h3>Metadata</h3>
      ${
        entries.length === 0
          ? html`<p class="muted small">The ${kind === 'shards' ? 'index' : 'header'} has none.</p>`
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
        >${formatCount(totals.tensors)} ${totals.tensors === 1 ? 'tensor' : 'tensors'}</span
      ><span>${formatCount(totals.parameters)} parameters</span><span>${formatBytes(totals.bytes)}</span
      ><span>${formatShare(totals.bytes / Math.max(1, contents.totals.bytes))} of all</span>
    </p>
    ${module === undefined ? nothing : html`<p>${moduleSentence(node, contents)}</p>`} ${types(tensors)}`;
}

function moduleSentence({ module }: TreeNode, { adapter }: Contents): string {
  if (module === undefined) return '';
  if (module.problem !== undefined) return `This module ${module.problem}, so it cannot be used as it is.`;
  switch (module.method) {
    case 'mora':
      return `ΔW comes from one square matrix M of ${module.rHat ?? '?'} × ${module.rHat ?? '?'}${
        adapter?.mode === undefined ? '' : `, by ${adapter.mode.replaceAll('-', ' ')}`
      }. It is stored twice, as lora_A and lora_B, as the official code does.`;
    case 'lora':
      return `ΔW is B · A, scaled: its rank is at most ${module.rank ?? '?'}.`;
    case 'full':
      return 'ΔW is stored whole.';
  }
}

function types(tensors: readonly ListedTensor[]): TemplateResult {
  const found = typesIn(tensors);
  const all = found.reduce((sum, { bytes }) => sum + bytes, 0);
  return html`<section aria-label="Types">
    <h3>Types</h3>
    <table class="types">
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col">Tensors</th>
          <th scope="col">Parameters</th>
          <th scope="col">Size</th>
          <th scope="col"><span class="hidden-visually">Share of the bytes</span></th>
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
              <summary>
                ${value.slice(0, SHORT)}… <span class="muted">${formatCount(value.length)} characters</span>
              </summary>
              <pre tabindex="0">${prettier(value)}</pre>
            </details>`
      }
    </dd>`;
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
  return html`<section aria-label="Shards">
    <h3>Shards</h3>
    <div class="scrolled" tabindex="0" aria-label="Shards">
      <table data-shards=${files.length}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Tensors</th>
            <th scope="col">Size</th>
            <th scope="col">Header</th>
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
                    : html`<td colspan="3">${problem.includes('does not exist') ? 'missing' : 'cannot be read'}</td>`
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
