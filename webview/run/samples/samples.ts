import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { messageOf } from '../../../src/host/protocol/channel';
import type { SampleHistory, SamplesAt } from '../../../src/host/protocol/samples';
import { baseStyles } from '../../shared/baseStyles';
import { formatCount } from '../../shared/format';
import { errorNotice } from '../../shared/notice';
import { LatestOnly } from '../../shared/latestOnly';
import { changedWords } from './changedWords';
import { sampleStyles } from './sampleStyles';
import { markedText, promptRow, shownText } from './sampleTexts';
import { FIRST_SAMPLE_VIEW, type SampleView } from './sampleView';

/** What the samples are asked of. */
export interface SampleSource {
  readonly at: (step: number | null) => Promise<SamplesAt | null>;
  readonly history: (prompt: number) => Promise<SampleHistory>;
}

/** Whoever owns the samples keeps how one looks at them. */
export type SampleViewEvent = CustomEvent<Partial<SampleView>>;

/** What the model wrote as it learned: <mora-samples>. Asks for the step or the prompt that is shown, never for all. */
export class Samples extends LitElement {
  static override properties = {
    source: { attribute: false },
    bytes: { type: Number },
    view: { attribute: false },
    shown: { state: true },
    history: { state: true },
    failure: { state: true },
  };
  static override styles = [baseStyles, sampleStyles];

  source: SampleSource | undefined;
  /** Of the file; other bytes, other samples. */
  bytes = 0;
  view: SampleView = FIRST_SAMPLE_VIEW;
  private shown: SamplesAt | null = null;
  private history: SampleHistory = [];
  private failure: string | undefined;
  private readonly asking = new LatestOnly();

  override render(): TemplateResult | typeof nothing {
    const { shown, view } = this;
    if (this.bytes === 0) return nothing;
    return html`<section aria-labelledby="samples-title">
      <div class="head row">
        <button
          class="title"
          aria-expanded=${view.isOpen}
          aria-controls="samples"
          @click=${() => this.look({ isOpen: !view.isOpen })}
        >
          <vscode-icon name=${view.isOpen ? 'chevron-down' : 'chevron-right'} size="16"></vscode-icon>
          <h2 id="samples-title">${l10n.t('Samples')}</h2>
        </button>
        ${view.isOpen && shown !== null ? this.tools(shown) : nothing}
      </div>
      <div id="samples" ?hidden=${!view.isOpen}>
        ${this.failure === undefined ? nothing : errorNotice(this.failure)}
        ${!view.isOpen || shown === null ? nothing : view.mode === 'step' ? this.atStep(shown) : this.overTime(shown)}
      </div>
    </section>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('bytes') || changed.has('view')) this.ask();
  }

  private ask(): void {
    const { source, view } = this;
    if (source === undefined || this.bytes === 0 || !view.isOpen) return;
    this.asking.run(async () => {
      try {
        this.shown = await source.at(this.view.step);
        if (this.view.mode === 'time') this.history = await source.history(this.view.prompt);
        this.failure = undefined;
      } catch (error) {
        this.failure = messageOf(error);
      }
    });
  }

  private tools({ steps, step }: SamplesAt): TemplateResult {
    const { mode } = this.view;
    const place = steps.indexOf(step);
    const isNewest = place === steps.length - 1;
    const choose = (mode: SampleView['mode'], title: string): TemplateResult =>
      html`<button role="radio" aria-checked=${this.view.mode === mode} @click=${() => this.look({ mode })}>
        ${title}
      </button>`;
    return html`<div class="segments" role="radiogroup" aria-label=${l10n.t('Samples by')}>
        ${choose('step', l10n.t('One step'))}${choose('time', l10n.t('Over time'))}
      </div>
      ${
        mode === 'time'
          ? nothing
          : html`<label class="steps">
              <span class="muted">${l10n.t('Step')}</span>
              <input
                type="range"
                min="0"
                max=${Math.max(0, steps.length - 1)}
                step="1"
                aria-label=${l10n.t('Step of the samples')}
                aria-valuetext=${l10n.t('step {0}', formatCount(step))}
                ?disabled=${steps.length < 2}
                .value=${String(place)}
                @input=${(event: Event) => this.slide(event, steps)}
              />
              <output>${formatCount(step)}</output>
              <span class="muted small"
                >${isNewest ? l10n.t('newest') : l10n.t('{0} later', formatCount(steps.length - 1 - place))}</span
              >
            </label>`
      }`;
  }

  private atStep({ rows, steps, step, isCut }: SamplesAt): TemplateResult {
    const first = steps[0] === step;
    return html`<p class="muted small note">
        ${
          first
            ? l10n.t('The first samples. Later ones mark the words that are new.')
            : html`<ins>${l10n.t('Underlined')}</ins>${l10n.t(': words that are new since the step before.')}`
        }
        ${isCut ? l10n.t('There are more samples than can be shown; the oldest are left out.') : nothing}
      </p>
      ${rows.filter(({ text }) => text !== null).map((row) => promptRow(row))}`;
  }

  private overTime({ rows }: SamplesAt): TemplateResult {
    const row = rows[this.view.prompt] ?? rows[0];
    if (row === undefined) return html``;
    const fixed = (who: string, text: string | null): TemplateResult | typeof nothing =>
      text === null
        ? nothing
        : html`<tr class="fixed">
            <th scope="row">${who}</th>
            <td><div class="text">${shownText(text)}</div></td>
          </tr>`;
    return html`<label class="choice">
        <span class="muted">${l10n.t('Prompt')}</span>
        <select aria-label=${l10n.t('Prompt')} @change=${(event: Event) => this.choosePrompt(event)}>
          ${rows.map(
            ({ prompt }, index) =>
              html`<option value=${index} ?selected=${index === this.view.prompt}>${oneLine(prompt)}</option>`,
          )}
        </select>
      </label>
      <div class="history" tabindex="0" role="group" aria-label=${l10n.t('Samples over time')}>
        <table>
          <thead>
            <tr>
              <th scope="col">${l10n.t('Step')}</th>
              <th scope="col">${l10n.t('Written after the prompt')}</th>
            </tr>
          </thead>
          <tbody>
            ${fixed(l10n.t('Base'), row.base)}
            ${this.history.map(
              ({ step, text }, index) =>
                html`<tr>
                  <th scope="row">${formatCount(step)}</th>
                  <td>
                    <div class="text">${markedText(changedWords(this.history[index - 1]?.text ?? null, text))}</div>
                  </td>
                </tr>`,
            )}
            ${fixed(l10n.t('Expected'), row.expected)}
          </tbody>
        </table>
      </div>`;
  }

  private slide(event: Event, steps: readonly number[]): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    const place = Number(event.target.value);
    // At its end the slider goes on following what is new.
    this.look({ step: place >= steps.length - 1 ? null : (steps[place] ?? null) });
  }

  private choosePrompt(event: Event): void {
    if (event.target instanceof HTMLSelectElement) this.look({ prompt: Number(event.target.value) });
  }

  private look(change: Partial<SampleView>): void {
    this.dispatchEvent(new CustomEvent('samples-view', { detail: change }));
  }
}

/** A prompt as one line of a list. */
function oneLine(prompt: string): string {
  const line = shownText(prompt).replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

customElements.define('mora-samples', Samples);
