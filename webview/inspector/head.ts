import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { InspectorHostEnd, Opened } from '../../src/host/protocol/inspector';
import { formatNumber } from '../../src/language/language';
import { formatCompact, formatCount } from '../shared/format';
import { typesIn } from './tree';
import { countedBytes, describe } from './words';

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
        ${actions.rank ? button('openRank', 'graph', l10n.t('Rank'), l10n.t('The singular values of ΔW, module by module')) : nothing}
        ${
          actions.exports
            ? html`${button('merge', 'git-merge', l10n.t('Merge…'), l10n.t('Write the base model with the adapter in its weights'))}
              ${button('exportPeft', 'export', l10n.t('Export LoRA…'), l10n.t('Write a LoRA for PEFT and vLLM: exact for the sharing modes'))}`
            : nothing
        }
        ${actions.talk ? button('talk', 'comment-discussion', l10n.t('Talk to It'), l10n.t('Let it answer a prompt, beside its base')) : nothing}
        ${button('compare', 'compare-changes', l10n.t('Compare…'), l10n.t('Which tensors differ from those of another checkpoint'))}
      </div>
    </header>
    <p class="kind">
      ${describe(contents).map((part, index) => html`${index === 0 ? nothing : html`<span class="dot-between">·</span>`}<span class=${index === 0 ? 'first' : ''}>${part}</span>`)}
      ${
        adapter?.baseModel == null
          ? nothing
          : html`<span class="dot-between">·</span
              ><span class="base" title=${adapter.baseModel}>${l10n.t('base {0}', shortName(adapter.baseModel))}</span>`
      }
    </p>
    <dl class="totals">
      ${total(l10n.t('Tensors'), formatCount(totals.tensors))} ${parameters(contents)}
      ${total(l10n.t('Size'), formatBytes(totals.bytes), countedBytes(totals.bytes))}
      ${total(
        l10n.t('Types'),
        typesIn(contents.tensors)
          .slice(0, 3)
          .map(({ dtype }) => dtype)
          .join(', ') || '–',
      )}
      ${total(
        files.length === 1 ? l10n.t('Header read in') : l10n.t('Headers read in'),
        duration(1000 * contents.seconds),
        l10n.t(
          '{0} of {1}; listed here after {2}, the first time with the start of the engine',
          formatBytes(header),
          formatBytes(totals.bytes + header),
          duration(milliseconds),
        ),
      )}
    </dl>
    ${note === null ? nothing : html`<p class="muted small note">${note}</p>`}`;
}

function duration(milliseconds: number): string {
  const digits = milliseconds < 10 ? 1 : 0;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return l10n.t('{0} ms', formatNumber(milliseconds, format));
}

/** What is stored twice counts once. */
function parameters({ totals, tensors }: Opened['contents']): TemplateResult {
  const copied = tensors.reduce((sum, tensor) => sum + (tensor.role === 'copy' ? tensor.parameters : 0), 0);
  const own = totals.parameters - copied;
  return total(
    l10n.t('Parameters'),
    formatCompact(own),
    copied === 0
      ? formatCount(own)
      : l10n.t('{0}; the file holds M twice, as the official code stores it', formatCount(own)),
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
