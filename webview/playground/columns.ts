import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { ParticipantFacts } from '../../src/host/protocol/playground';

export interface ColumnActions {
  readonly choose: (place: number) => void;
  readonly chooseBase: (place: number) => void;
  readonly remove: (place: number) => void;
  readonly again: () => void;
}

/** Who answers, above the answers. */
export function columnHeads(participants: readonly ParticipantFacts[], actions: ColumnActions): TemplateResult {
  return html`<div class="columns" data-columns=${participants.length}>
    ${participants.map((participant, place) => columnHead(participant, place, participants.length > 1, actions))}
  </div>`;
}

function columnHead(
  { name, detail, isAdapter, place: path, problem }: ParticipantFacts,
  place: number,
  canGo: boolean,
  { choose, chooseBase, remove, again }: ColumnActions,
): TemplateResult {
  return html`<div class="column" data-side=${place}>
    <div class="who">
      <i class=${isAdapter ? `dot adapter-${place}` : 'dot'} aria-hidden="true"></i>
      <button
        class="name"
        data-choose=${place}
        title=${`${path}\n${l10n.t('Choose who answers here')}`}
        aria-label=${l10n.t('{0} {1}: choose who answers here', name, detail)}
        @click=${() => choose(place)}
      >
        <b>${name}</b> <span class="muted">${detail}</span><vscode-icon name="chevron-down" size="14"></vscode-icon>
      </button>
      ${
        canGo
          ? html`<button
              class="icon"
              title=${l10n.t('Take {0} out', name)}
              aria-label=${l10n.t('Take {0}, {1} out', name, detail)}
              @click=${() => remove(place)}
            >
              <vscode-icon name="close" size="14"></vscode-icon>
            </button>`
          : nothing
      }
    </div>
    ${
      problem === undefined
        ? nothing
        : html`<div class="notice" role="alert">
            <vscode-icon name="error"></vscode-icon>
            <div>
              <p>${problem}</p>
              <div class="row">
                ${
                  isAdapter
                    ? html`<vscode-button secondary @click=${() => chooseBase(place)}
                        >${l10n.t('Choose base model…')}</vscode-button
                      >`
                    : nothing
                }
                <vscode-button secondary @click=${() => again()}>${l10n.t('Look again')}</vscode-button>
              </div>
            </div>
          </div>`
    }
  </div>`;
}
