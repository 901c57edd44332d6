import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { FIRST_SAMPLING, type SamplingSettings } from '../../src/config/sampling';
import { messageOf, type Channel } from '../../src/host/protocol/channel';
import type {
  Exchange,
  ParticipantFacts,
  PlaygroundHostEnd,
  PlaygroundViewEnd,
  Prompt,
} from '../../src/host/protocol/playground';
import { baseStyles } from '../shared/baseStyles';
import { errorNotice } from '../shared/notice';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { columnHeads } from './columns';
import { composer } from './composer';
import { exchangeView } from './exchange';
import { head } from './head';
import { asAnswer, asParticipants, asPrompt, asText, asThread } from './messages';
import { nothingYet } from './nothingYet';
import { Recall } from './recall';
import './samplingPanel';
import type { SamplingChange } from './samplingPanel';
import { settingsSummary } from './settings';
import { playgroundStyles } from './styles';
import { restoredView, withPrompt, type ViewState } from './viewState';
import { announcement, chatProblem } from './words';

/** How long a copy button says that it has copied. */
const COPIED_MS = 1500;
/** Narrower than this, settings would leave no room for answers; see styles.ts. */
const NARROW_PX = 760;
/** Closer to its end than this, the thread follows what is written. */
const FOLLOW_PX = 48;

/** A prompt, and what a model and an adapter make of it: <mora-playground>. */
export class PlaygroundView extends LitElement {
  static override styles = [baseStyles, playgroundStyles];

  private readonly channel: Channel<PlaygroundViewEnd, PlaygroundHostEnd> = openChannel({
    requests: {},
    events: {
      participants: { parse: asParticipants, hear: (participants) => this.take({ participants }) },
      thread: { parse: asThread, hear: (news) => this.heardThread(news) },
      answer: { parse: asAnswer, hear: (news) => this.heardAnswer(news) },
      draft: { parse: asPrompt, hear: (prompt) => this.write(prompt) },
      problem: { parse: asText, hear: (problem) => this.take({ problem }) },
    },
  });

  private view: ViewState = restoredView(savedState());
  private key: string | undefined;
  private participants: readonly ParticipantFacts[] = [];
  private thread: readonly Exchange[] = [];
  private sampling: SamplingSettings = FIRST_SAMPLING;
  private isReadable = true;
  private recall = new Recall([]);
  private isRunning = false;
  private isStopping = false;
  private problem: string | undefined;
  private said = '';
  private copied: { readonly exchange: number; readonly side: number } | null = null;
  private follows = true;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
  }

  override render(): TemplateResult {
    if (this.key === undefined) return this.opening();
    const showsSettings = this.view.showsSettings ?? window.innerWidth > NARROW_PX;
    const look = { canCompare: this.participants.length === 1, isEmpty: this.thread.length === 0, showsSettings };
    return html`${head(look, {
        compare: () => this.channel.event('choose', 1),
        clear: () => this.channel.event('clear', null),
        toggleSettings: () => this.change({ showsSettings: !showsSettings }),
      })}
      <div class=${showsSettings ? 'body with-settings' : 'body'}>
        <main>
          <div
            class="scroller"
            tabindex="0"
            role="region"
            aria-label=${l10n.t('Prompts and answers')}
            @scroll=${this.onScroll}
          >
            ${columnHeads(this.participants, {
              choose: (place) => this.channel.event('choose', place),
              chooseBase: (place) => this.channel.event('chooseBase', place),
              remove: (place) => this.channel.event('remove', place),
              again: () => this.channel.event('again', null),
            })}
            ${look.isEmpty ? nothingYet(this.participants) : this.thread.map((exchange) => this.exchange(exchange))}
          </div>
          ${this.problem === undefined ? nothing : errorNotice(this.problem)} ${this.composer()}
        </main>
        <aside aria-label=${l10n.t('Sampling')} ?hidden=${!showsSettings}>
          <mora-sampling
            .sampling=${this.sampling}
            @change-sampling=${(event: SamplingChange) => this.take(event.detail)}
          ></mora-sampling>
        </aside>
      </div>
      <div class="hidden-visually" role="status">${this.said}</div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const last = this.thread.at(-1);
    Object.assign(this.dataset, {
      participants: String(this.participants.length),
      exchanges: String(this.thread.length),
      running: String(this.isRunning),
      states: last?.answers.map(({ state }) => state).join(' ') ?? '',
    });
    const scroller = this.scroller();
    if (scroller !== null && this.follows) scroller.scrollTop = scroller.scrollHeight;
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private async open(): Promise<void> {
    this.take({ problem: undefined });
    try {
      const opened = await this.channel.request('open', null);
      const { key, participants, thread, sampling, prompts, isRunning } = opened;
      const recall = new Recall(prompts);
      this.take({ key, participants, thread, sampling, recall, isRunning });
      this.save();
      await this.updateComplete;
      // A panel that comes back beside an editor must not take its focus.
      if (document.hasFocus()) this.promptBox()?.focus();
    } catch (error) {
      this.take({ problem: messageOf(error) });
    }
  }

  private async ask(): Promise<void> {
    const { sampling, view } = this;
    if (this.refusal() !== undefined || this.isRunning || !this.hasPrompt()) return;
    const isChat = this.isChat();
    const prompt: Prompt = { text: view.draft, chat: isChat ? { system: view.system } : null };
    this.recall = this.recall.with(view.draft);
    this.follows = true;
    this.take({ problem: undefined, isRunning: true, isStopping: false, said: l10n.t('Generating.') });
    try {
      await this.channel.request('ask', { prompt, follows: view.follows, sampling });
      // A chat goes on with something else; a text is often tried again with other settings.
      this.change({ follows: true, ...(isChat && this.view.draft === view.draft && { draft: '' }) });
    } catch (error) {
      this.take({ problem: messageOf(error), isRunning: false });
    }
  }

  private stop(): void {
    if (!this.isRunning) return;
    this.isStopping = true;
    this.channel.event('stop', null);
    this.requestUpdate();
  }

  private heardThread({ thread, isRunning }: PlaygroundViewEnd['events']['thread']): void {
    const hasEnded = this.isRunning && !isRunning;
    const last = thread.at(-1);
    this.take({ thread, isRunning, isStopping: this.isStopping && isRunning });
    if (hasEnded) this.take({ said: last === undefined ? '' : announcement(last) });
  }

  private heardAnswer({ exchange, side, answer }: PlaygroundViewEnd['events']['answer']): void {
    const thread = this.thread.map((each) =>
      each.id === exchange
        ? { ...each, answers: each.answers.map((before, at) => (at === side ? answer : before)) }
        : each,
    );
    this.take({ thread });
  }

  /** Takes over what is known now, and draws it. */
  private take(news: object): void {
    Object.assign(this, news);
    this.requestUpdate();
  }

  private change(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    this.save();
    this.requestUpdate();
  }

  private write(prompt: Prompt): void {
    this.change(withPrompt(this.view, prompt));
    this.promptBox()?.focus();
  }

  private save(): void {
    if (this.key !== undefined) saveState({ key: this.key, view: this.view });
  }

  // ---- what follows from it ----------------------------------------------------------------------------------------

  private isChat(): boolean {
    if (chatProblem(this.participants) !== undefined) return false;
    return this.view.isChat ?? this.participants.every(({ chat }) => chat === true);
  }

  /** The turn that the next prompt is in its chat, as the host counts. */
  private turn(): number {
    const last = this.thread.at(-1);
    const names = this.participants.map(({ name, detail }) => `${name}, ${detail}`);
    const goesOn = this.view.follows && last !== undefined && last.prompt.chat !== null;
    return goesOn && JSON.stringify(last.names) === JSON.stringify(names) ? last.turn + 1 : 1;
  }

  /** A text may begin with nothing; a user who says nothing has not asked. */
  private hasPrompt(): boolean {
    return !this.isChat() || this.view.draft.trim() !== '';
  }

  private refusal(): string | undefined {
    if (!this.isReadable) return l10n.t('A setting cannot be read; correct it.');
    return undefined;
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private opening(): TemplateResult {
    if (this.problem === undefined) return html`<div class="opening muted" role="status">${l10n.t('Opening…')}</div>`;
    return html`<div class="opening">
      ${errorNotice(this.problem)}
      <vscode-button @click=${() => void this.open()}>${l10n.t('Look again')}</vscode-button>
    </div>`;
  }

  private exchange(exchange: Exchange): TemplateResult {
    return exchangeView(exchange, this.participants, {
      copied: this.copied,
      copy: (id, side) => this.copy({ exchange: id, side }),
      reuse: ({ prompt }) => this.write(prompt),
    });
  }

  private composer(): TemplateResult {
    const { view, isRunning, isStopping, sampling } = this;
    return composer(
      {
        view,
        isChat: this.isChat(),
        chatProblem: chatProblem(this.participants),
        turn: this.turn(),
        isRunning,
        isStopping,
        hasPrompt: this.hasPrompt(),
        refusal: this.refusal(),
        settings: settingsSummary(sampling),
      },
      {
        write: (draft) => this.change({ draft }),
        writeSystem: (system) => this.change({ system }),
        setChat: (isChat) => this.change({ isChat }),
        newChat: () => this.change({ follows: false }),
        ask: () => void this.ask(),
        stop: () => this.stop(),
        recall: () => this.channel.event('recall', null),
        key: (event) => this.onPromptKey(event),
      },
    );
  }

  private copy(place: { readonly exchange: number; readonly side: number }): void {
    this.channel.event('copy', place);
    this.take({ copied: place, said: l10n.t('Copied.') });
    setTimeout(() => {
      if (this.copied === place) this.take({ copied: null });
    }, COPIED_MS);
  }

  // ---- keys --------------------------------------------------------------------------------------------------------

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.ask();
    } else if (event.key === 'Escape' && this.isRunning) {
      event.preventDefault();
      this.stop();
    }
  };

  /** Arrows go through earlier prompts where they would not move in what is being written. */
  private onPromptKey(event: KeyboardEvent): void {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : undefined;
    const { draft } = this.view;
    if (by === undefined || event.shiftKey || event.altKey || !this.recall.isShowing(draft)) return;
    const next = this.recall.step(by, draft);
    if (next === undefined) return;
    event.preventDefault();
    this.change({ draft: next });
  }

  private readonly onScroll = (): void => {
    const scroller = this.scroller();
    if (scroller !== null)
      this.follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < FOLLOW_PX;
  };

  private scroller(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.scroller');
  }

  private promptBox(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }
}

customElements.define('mora-playground', PlaygroundView);
