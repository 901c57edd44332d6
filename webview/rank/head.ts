import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { RankHostEnd, Sources } from '../../src/host/protocol/rankView';

/** Whose rank it is, and what can be done with the view. */
export function head(
  { primary, other }: Sources,
  showsTable: boolean,
  actions: { readonly tell: (event: keyof RankHostEnd['events']) => void; readonly toggleTable: () => void },
): TemplateResult {
  return html`<header>
    <h1>${primary.name}</h1>
    <span class="muted">${l10n.t('rank of ΔW')}</span>
    <div class="actions">
      ${
        primary.kind === 'run'
          ? html`<button class="toggle" @click=${() => actions.tell('openRun')}>
              <vscode-icon name="graph-line" size="14"></vscode-icon>${l10n.t('Curves')}
            </button>`
          : nothing
      }
      <button class="toggle" data-action="compare" @click=${() => actions.tell('chooseOther')}>
        <vscode-icon name="layers" size="14"></vscode-icon>${l10n.t('Compare with…')}
      </button>
      ${
        other !== null
          ? html`<button class="toggle" @click=${() => actions.tell('removeOther')}>
              <vscode-icon name="close" size="14"></vscode-icon>${l10n.t('Stop comparing')}
            </button>`
          : nothing
      }
      <button class="toggle" data-toggle="table" aria-pressed=${showsTable} @click=${() => actions.toggleTable()}>
        <vscode-icon name="table" size="14"></vscode-icon>${l10n.t('Table')}
      </button>
      <button class="toggle" title=${l10n.t('All spectra as CSV')} @click=${() => actions.tell('exportCsv')}>
        <vscode-icon name="desktop-download" size="14"></vscode-icon>CSV
      </button>
    </div>
  </header>`;
}
