import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Answer, Exchange, ParticipantFacts } from '../../src/host/protocol/playground';
import { errorNotice, warningNotice } from '../shared/notice';
import { figuresText, waitingText } from './words';

export interface ExchangeActions {
  readonly copy: (exchange: number, side: number) => void;
  readonly reuse: (exchange: Exchange) => void;
  /** The answer that was copied a moment ago. */
  readonly copied: { readonly exchange: number; readonly side: number } | null;
}

/** A prompt and what each participant made of it. */
export function exchangeView(
  exchange: Exchange,
  participants: readonly ParticipantFacts[],
  actions: ExchangeActions,
): TemplateResult {
  const { id, prompt, turn, names, answers } = exchange;
  const { chat } = prompt;
  return html`<article aria-label=${l10n.t('Prompt {0}', id)} class=${chat === null ? 'exchange text' : 'exchange'}>
    ${turn === 1 && chat !== null && chat.system !== '' ? html`<p class="system"><b>${l10n.t('System')}</b> ${chat.system}</p>` : nothing}
    <div class="prompt">
      <p class="said">${shownPrompt(prompt.text, chat === null)}</p>
      <button
        class="icon"
        title=${l10n.t('Write it into the box again')}
        aria-label=${l10n.t('Write prompt {0} into the box again', id)}
        @click=${() => actions.reuse(exchange)}
      >
        <vscode-icon name="reply" size="14"></vscode-icon>
      </button>
    </div>
    <div class="answers" data-columns=${names.length}>
      ${answers.map((answer, side) => answerView(exchange, answer, side, participants, actions))}
    </div>
  </article>`;
}

function answerView(
  exchange: Exchange,
  answer: Answer,
  side: number,
  participants: readonly ParticipantFacts[],
  { copy, copied }: ExchangeActions,
): TemplateResult {
  const { id, names, answers } = exchange;
  const name = names[side] ?? '';
  const now = participants[side];
  const isOther = now === undefined || `${now.name}, ${now.detail}` !== name || names.length !== participants.length;
  const isCopied = copied?.exchange === id && copied.side === side;
  const isOpen = answer.state === 'waiting' || answer.state === 'answering';
  return html`<section
    class=${side === 0 && now?.isAdapter === true ? 'answer adapted' : 'answer'}
    data-side=${side}
    data-state=${answer.state}
    aria-label=${l10n.t('Answer of {0}', name)}
    aria-busy=${isOpen ? 'true' : 'false'}
  >
    <h3 class=${isOther ? 'whose other' : 'whose'}>${name}</h3>
    ${written(exchange, answer, side)} ${answer.problem === null ? nothing : errorNotice(answer.problem)}
    ${(answer.figures?.warnings ?? []).map(warningNotice)}
    ${
      isOpen
        ? nothing
        : html`<div class="figures">
            <span>${figures(answer, answers, side)}</span>
            ${
              answer.text === ''
                ? nothing
                : html`<button
                    class="icon"
                    data-action="copy"
                    title=${isCopied ? l10n.t('Copied') : l10n.t('Copy')}
                    aria-label=${isCopied ? l10n.t('Copied') : l10n.t('Copy the answer of {0}', name)}
                    @click=${() => copy(id, side)}
                  >
                    <vscode-icon name=${isCopied ? 'check' : 'copy'} size="14"></vscode-icon>
                  </button>`
            }
          </div>`
    }
  </section>`;
}

function figures(answer: Answer, answers: readonly Answer[], side: number): string {
  const parts = [
    ...(answer.figures === null ? [] : [figuresText(answer.figures)]),
    ...(answer.state === 'stopped' ? [l10n.t('stopped')] : []),
    ...(answer.figures === null || answer.text.trim() !== ''
      ? []
      : [answer.text === '' ? l10n.t('an empty answer') : l10n.t('only white space')]),
    ...(side > 0 && answer.figures !== null && answer.text === answers[0]?.text ? [l10n.t('the same text')] : []),
  ];
  return parts.join(' · ');
}

/** Texts are set as properties: white space in a template would show among them. */
function written(exchange: Exchange, answer: Answer, side: number): TemplateResult | typeof nothing {
  const isOpen = answer.state === 'waiting' || answer.state === 'answering';
  if (answer.text === '') {
    return isOpen ? html`<p class="muted waiting-text">${waitingText(answer, exchange, side)}</p>` : nothing;
  }
  return html`<p class="written">
    <span class="verbatim" .textContent=${answer.text}></span>${isOpen ? html`<i class="caret"></i>` : nothing}
  </p>`;
}

/** Line breaks at the end of a text to continue count, and would not be seen. */
function shownPrompt(text: string, isText: boolean): TemplateResult {
  const end = isText ? (/\n+$/.exec(text)?.[0].length ?? 0) : 0;
  const shown = text.slice(0, text.length - end);
  if (shown === '' && end === 0) return html`<span class="muted">${l10n.t('nothing: from the start of a text')}</span>`;
  const breaks = html`<span
    class="muted"
    role="img"
    aria-label=${l10n.t('line break')}
    .textContent=${'↵'.repeat(end)}
  ></span>`;
  return html`<span class="verbatim" .textContent=${shown}></span>${end === 0 ? nothing : breaks}`;
}
