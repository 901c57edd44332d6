import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { ViewState } from './viewState';

export interface ComposerFacts {
  readonly view: ViewState;
  readonly isChat: boolean;
  /** Why a chat is not to be had. */
  readonly chatProblem: string | undefined;
  /** 1 begins a chat. */
  readonly turn: number;
  readonly isRunning: boolean;
  readonly isStopping: boolean;
  readonly hasPrompt: boolean;
  /** Why nothing can be asked now; undefined when something can. */
  readonly refusal: string | undefined;
  /** "greedy, at most 128 tokens" */
  readonly settings: string;
}

export interface ComposerActions {
  readonly write: (draft: string) => void;
  readonly writeSystem: (system: string) => void;
  readonly setChat: (isChat: boolean) => void;
  readonly newChat: () => void;
  readonly ask: () => void;
  readonly stop: () => void;
  readonly recall: () => void;
  readonly key: (event: KeyboardEvent) => void;
}

const IS_MAC = navigator.userAgent.includes('Mac');
const ASK_KEYS = IS_MAC ? l10n.t('⌘ Enter') : l10n.t('Ctrl+Enter');

/** Where a prompt is written. */
export function composer(facts: ComposerFacts, actions: ComposerActions): TemplateResult {
  const { view, isChat, chatProblem, turn, isRunning, isStopping, hasPrompt, refusal, settings } = facts;
  return html`<form class="composer" aria-label=${l10n.t('Prompt')} @submit=${(event: Event) => event.preventDefault()}>
    <div class="row">
      <div class="segments" role="radiogroup" aria-label=${l10n.t('Kind of prompt')}>
        ${kindButton(l10n.t('Text'), l10n.t('The model continues the text'), !isChat, () => actions.setChat(false))}
        ${kindButton(l10n.t('Chat'), chatProblem ?? l10n.t('The model answers by its chat template'), isChat, () => actions.setChat(true), chatProblem !== undefined)}
      </div>
      ${
        isChat && turn > 1
          ? html`<span class="muted small">${l10n.t('Turn {0}', turn)}</span>
              <button type="button" class="toggle" data-action="new-chat" @click=${() => actions.newChat()}>
                <vscode-icon name="add" size="14"></vscode-icon>${l10n.t('New chat')}
              </button>`
          : nothing
      }
      <button type="button" class="toggle spread" data-action="recall" @click=${() => actions.recall()}>
        <vscode-icon name="history" size="14"></vscode-icon>${l10n.t('History')}
      </button>
    </div>
    ${
      isChat && turn === 1
        ? html`<input
            class="system-box"
            type="text"
            aria-label=${l10n.t('System message')}
            placeholder=${l10n.t('System message (optional)')}
            .value=${view.system}
            @input=${(event: Event) => actions.writeSystem(textOf(event))}
          />`
        : nothing
    }
    <textarea
      id="prompt"
      rows="2"
      aria-label=${isChat ? l10n.t('What the user says') : l10n.t('Text to continue')}
      aria-keyshortcuts=${IS_MAC ? 'Meta+Enter' : 'Control+Enter'}
      placeholder=${isChat ? l10n.t('Say something…') : l10n.t('Write the beginning of a text; line breaks count…')}
      .value=${view.draft}
      @input=${(event: Event) => actions.write(textOf(event))}
      @keydown=${(event: KeyboardEvent) => actions.key(event)}
    ></textarea>
    <div class="row">
      <span class="muted small state">${refusal ?? settings}</span>
      <span class="muted small keys spread" aria-hidden="true">${isRunning ? l10n.t('Escape') : ASK_KEYS}</span>
      ${
        isRunning
          ? html`<vscode-button
              icon="debug-stop"
              secondary
              data-action="stop"
              ?disabled=${isStopping}
              @click=${() => actions.stop()}
              >${isStopping ? l10n.t('Stopping') : l10n.t('Stop')}</vscode-button
            >`
          : html`<vscode-button
              icon="play"
              data-action="ask"
              ?disabled=${refusal !== undefined || !hasPrompt}
              @click=${() => actions.ask()}
              >${l10n.t('Generate')}</vscode-button
            >`
      }
    </div>
  </form>`;
}

function kindButton(
  label: string,
  title: string,
  isChosen: boolean,
  choose: () => void,
  disabled = false,
): TemplateResult {
  return html`<button
    type="button"
    role="radio"
    aria-checked=${isChosen ? 'true' : 'false'}
    title=${title}
    ?disabled=${disabled}
    @click=${choose}
  >
    ${label}
  </button>`;
}

function textOf(event: Event): string {
  const { target } = event;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement ? target.value : '';
}
