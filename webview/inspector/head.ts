import { html, nothing, type TemplateResult } from 'lit';
import type { InspectorHostEnd, Opened } from '../../src/host/protocol/inspector';
import { formatBytes, formatCompact, formatCount } from '../shared/format';
import { typesIn } from './tree';
import { describe } from './words';

/** What was opened, its figures, and what can be done with it. */
export function head(
  name: string,
  { contents, milliseconds, actions, note }: Opened,
  tell: (event: keyof InspectorHostEnd['events']) => void,
): TemplateResult {
  const { totals, files, adapter } = contents;
  const button = (event: keyof InspectorHostEnd['events'], icon: string, title: string, hint: string): TemplateResult =>
    html`<button class="toggle" data-action=${event} title=${hint} @click=${() => tell(event)}>
      <vscode-icon name=${icon} size="14"></vscode-icon>${title}
    </button>`;
  const header = files.reduce((sum, { headerBytes }) => sum + headerBytes, 0);
  return html`<header>
      <h1>${name}</h1>
      <div class="actions">
        ${actions.rank ? button('openRank', 'graph', 'Rank', 'The singular values of ΔW, module by module') : nothing}
        ${
          actions.exports
            ? html`${button('merge', 'git-merge', 'Merge…', 'Write the base model with the adapter in its weights')}
              ${button('exportPeft', 'export', 'Export LoRA…', 'Write a LoRA for PEFT and vLLM: exact for the sharing modes')}`
            : nothing
        }
        ${button('compare', 'compare-changes', 'Compare…', 'Which tensors differ from those of another checkpoint')}
      </div>
    </header>
    <p class="kind">
      ${describe(contents).map((part, index) => html`${index === 0 ? nothing : html`<span class="dot-between">·</span>`}<span class=${index === 0 ? 'first' : ''}>${part}</span>`)}
      ${
        adapter?.baseModel == null
          ? nothing
          : html`<span class="dot-between">·</span
              ><span class="base" title=${adapter.baseModel}>base ${shortName(adapter.baseModel)}</span>`
      }
    </p>
    <dl class="totals">
      ${total('Tensors', formatCount(totals.tensors))} ${parameters(contents)}
      ${total('Size', formatBytes(totals.bytes), `${formatCount(totals.bytes)} bytes`)}
      ${total(
        'Types',
        typesIn(contents.tensors)
          .slice(0, 3)
          .map(({ dtype }) => dtype)
          .join(', ') || '–',
      )}
      ${total(
        files.length === 1 ? 'Header read in' : 'Headers read in',
        duration(1000 * contents.seconds),
        `${formatBytes(header)} of ${formatBytes(totals.bytes + header)}; listed here after ${duration(milliseconds)}, the first time with the start of the engine`,
      )}
    </dl>
    ${note === null ? nothing : html`<p class="muted small note">${note}</p>`}`;
}

function duration(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** What is stored twice counts once. */
function parameters({ totals, tensors }: Opened['contents']): TemplateResult {
  const copied = tensors.reduce((sum, tensor) => sum + (tensor.role === 'copy' ? tensor.parameters : 0), 0);
  const own = totals.parameters - copied;
  return total(
    'Parameters',
    formatCompact(own),
    copied === 0 ? formatCount(own) : `${formatCount(own)}; the file holds M twice, as the official code stores it`,
  );
}

function total(title: string, text: string, hint?: string): TemplateResult {
  return html`<div title=${hint ?? nothing}>
    <dt>${title}</dt>
    <dd>${text}</dd>
  </div>`;
}

/** The folder at the end of a path; a hub id as it is. */
function shortName(base: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(base) ? (base.split(/[/\\]/).filter(Boolean).at(-1) ?? base) : base;
}
