import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, Measure, SourceFacts, Work } from '../../src/host/protocol/rankView';
import { formatShare } from '../shared/format';
import { styled } from '../shared/styled';

const WHAT: Readonly<Record<Work['kind'], string>> = {
  difference: 'Singular values of the difference',
  intruders: 'Looking for intruder dimensions',
  norms: 'Norms of the base',
};

/** What goes on for a source, how far it is, and a way to stop it. */
export function workBar({ work, name }: SourceFacts, cancel: () => void): TemplateResult | typeof nothing {
  if (work === null) return nothing;
  const share = work.total === 0 ? 0 : work.done / work.total;
  return html`<div class="work" aria-busy="true" data-work=${work.kind}>
    <span
      class="progress"
      role="progressbar"
      aria-label="${WHAT[work.kind]} of ${name}"
      aria-valuenow=${Math.round(100 * share)}
      ><i ${styled({ width: `${100 * share}%` })}></i
    ></span>
    <span class="muted">${WHAT[work.kind]}, ${formatShare(share)}${work.module === '' ? '' : `, ${work.module}`}</span>
    <vscode-button secondary data-action="cancel" @click=${cancel}>Cancel</vscode-button>
  </div>`;
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
  const some = missing < cells.length ? `${missing} of ${cells.length} modules` : 'all modules';
  return measure === 'intruders'
    ? html`<p class="missing">
        <vscode-button secondary data-action="find-intruders" @click=${actions.findIntruders}
          >Find in ${some}</vscode-button
        >
        <span class="muted"
          >Decomposes W and W + ΔW of each: seconds for a small model, hours for a large one. Single modules: below the
          spectrum.</span
        >
      </p>`
    : html`<p class="missing">
        <vscode-button secondary data-action="read-norms" @click=${actions.readNorms}>Read the base</vscode-button>
        <span class="muted">Reads the weights of ${some} from the base model once.</span>
      </p>`;
}
