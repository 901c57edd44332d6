import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, Measure, SourceFacts, Work } from '../../src/host/protocol/rankView';
import { formatCount, formatShare } from '../shared/format';
import { progressBar } from '../shared/progressBar';

const WHAT: Readonly<Record<Work['kind'], string>> = {
  difference: l10n.t('Singular values of the difference'),
  intruders: l10n.t('Looking for intruder dimensions'),
  norms: l10n.t('Norms of the base'),
};

/** What goes on for a source, how far it is, and a way to stop it. */
export function workBar({ work, name }: SourceFacts, cancel: () => void): TemplateResult | typeof nothing {
  if (work === null) return nothing;
  const share = work.total === 0 ? 0 : work.done / work.total;
  return html`<div class="work" aria-busy="true" data-work=${work.kind}>
    ${progressBar(`${WHAT[work.kind]}: ${name}`, share)}
    <span class="muted">${WHAT[work.kind]}, ${formatShare(share)}${work.module === '' ? '' : `, ${work.module}`}</span>
    <vscode-button secondary data-action="cancel" @click=${cancel}>${l10n.t('Cancel')}</vscode-button>
  </div>`;
}

/** Offers to compute a difference anew that was cancelled or failed before its last module. */
export function startAgain({ isPartial, work, name }: SourceFacts, start: () => void): TemplateResult | typeof nothing {
  if (!isPartial || work !== null) return nothing;
  return html`<p class="missing">
    <vscode-button secondary data-action="start-again" @click=${start}>${l10n.t('Start again')}</vscode-button>
    <span class="muted">${l10n.t('Computes the singular values of every module of {0} anew.', name)}</span>
  </p>`;
}

/** Offers to compute what the chosen measure lacks; nothing while something goes on, and where nothing is missing. */
export function missingFigures(
  measure: Measure,
  cells: readonly Cell[],
  { work }: SourceFacts,
  actions: { readonly findIntruders: () => void; readonly readNorms: () => void },
): TemplateResult | typeof nothing {
  const missing = cells.filter((cell) => cell[measure] === null).length;
  if (missing === 0 || work !== null) return nothing;
  const isAll = missing === cells.length;
  const some = [formatCount(missing), formatCount(cells.length)];
  return measure === 'intruders'
    ? html`<p class="missing">
        <vscode-button secondary data-action="find-intruders" @click=${actions.findIntruders}
          >${isAll ? l10n.t('Find in all modules') : l10n.t('Find in {0} of {1} modules', ...some)}</vscode-button
        >
        <span class="muted"
          >${l10n.t('Decomposes W and W + ΔW of each: seconds for a small model, hours for a large one. Single modules: below the spectrum.')}</span
        >
      </p>`
    : html`<p class="missing">
        <vscode-button secondary data-action="read-norms" @click=${actions.readNorms}
          >${l10n.t('Read the base')}</vscode-button
        >
        <span class="muted"
          >${
            isAll
              ? l10n.t('Reads the weights of all modules from the base model once.')
              : l10n.t('Reads the weights of {0} of {1} modules from the base model once.', ...some)
          }</span
        >
      </p>`;
}
