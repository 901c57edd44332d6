import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { FIRST_SAMPLING, SAMPLING_LIMITS, type SamplingSettings } from '../../src/config/sampling';
import { baseStyles } from '../shared/baseStyles';
import { numberText, readNumber, readStops, SETTINGS, stopsText, type SettingSpec } from './settings';
import { samplingStyles } from './samplingStyles';

/** The settings that can be read, and whether that is all of them. */
export type SamplingChange = CustomEvent<{ readonly sampling: SamplingSettings; readonly isReadable: boolean }>;

/** The sampling controls: <mora-sampling>. What is typed stays in its box; what can be read counts. */
export class SamplingPanel extends LitElement {
  static override properties = { sampling: { attribute: false } };
  static override styles = [baseStyles, samplingStyles];

  sampling: SamplingSettings = FIRST_SAMPLING;
  private readonly typed = new Map<string, string>();

  override render(): TemplateResult {
    const isChanged = JSON.stringify(this.sampling) !== JSON.stringify(FIRST_SAMPLING) || this.typed.size > 0;
    return html`<div class="heading">
        <h2>${l10n.t('Sampling')}</h2>
        ${
          isChanged
            ? html`<button class="toggle" @click=${() => this.reset()}>
                <vscode-icon name="discard" size="12"></vscode-icon>${l10n.t('Reset')}
              </button>`
            : nothing
        }
      </div>
      ${SETTINGS.map((spec) => this.number(spec))} ${this.stops()}`;
  }

  private number(spec: SettingSpec): TemplateResult {
    const { name, label, hint, slider, needsTemperature, isOptional } = spec;
    const value = this.sampling[name];
    const typed = this.typed.get(name);
    const reading = typed === undefined ? undefined : readNumber(spec, typed);
    const complaint = reading !== undefined && 'complaint' in reading ? reading.complaint : undefined;
    const isIdle = needsTemperature && this.sampling.temperature === 0;
    const note = isIdle ? l10n.t('Has no effect at temperature 0.') : hint;
    return html`<div class=${isIdle ? 'setting idle' : 'setting'}>
      <div class="line">
        <label for=${name} title=${note}>${label}</label>
        ${
          name === 'seed'
            ? html`<button
                class="icon"
                title=${l10n.t('Another seed')}
                aria-label=${l10n.t('Another seed')}
                @click=${() => this.another()}
              >
                <vscode-icon name="refresh" size="14"></vscode-icon>
              </button>`
            : nothing
        }
        <input
          id=${name}
          type="text"
          inputmode="decimal"
          autocomplete="off"
          spellcheck="false"
          placeholder=${isOptional ? l10n.t('off') : ''}
          aria-describedby="${name}-note"
          aria-invalid=${complaint === undefined ? 'false' : 'true'}
          .value=${typed ?? numberText(value)}
          @input=${(event: Event) => this.type(name, event)}
          @blur=${() => this.leave(spec)}
        />
      </div>
      ${
        slider === undefined
          ? nothing
          : html`<input
              type="range"
              aria-label=${l10n.t('{0}, slider', label)}
              min=${slider[0]}
              max=${slider[1]}
              step=${slider[2]}
              .value=${String(value ?? slider[1])}
              @input=${(event: Event) => this.slide(spec, event)}
            />`
      }
      <p id="${name}-note" class=${complaint === undefined ? 'hidden-visually' : 'complaint'}>${complaint ?? note}</p>
    </div>`;
  }

  private stops(): TemplateResult {
    const typed = this.typed.get('stop');
    const reading = typed === undefined ? undefined : readStops(typed);
    const complaint = reading !== undefined && 'complaint' in reading ? reading.complaint : undefined;
    return html`<div class="setting">
      <label for="stop">${l10n.t('Stop strings')}</label>
      <textarea
        id="stop"
        rows="2"
        spellcheck="false"
        aria-describedby="stop-note"
        aria-invalid=${complaint === undefined ? 'false' : 'true'}
        .value=${typed ?? stopsText(this.sampling.stop)}
        @input=${(event: Event) => this.type('stop', event)}
      ></textarea>
      <p id="stop-note" class=${complaint === undefined ? 'muted small' : 'complaint'}>
        ${complaint ?? l10n.t('One a line; \\n is a new line.')}
      </p>
    </div>`;
  }

  private type(name: string, event: Event): void {
    if (!(event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement)) return;
    this.typed.set(name, event.target.value);
    this.tell();
  }

  /** A number that was read is written as it is read; one that was not stays with its complaint. */
  private leave(spec: SettingSpec): void {
    const typed = this.typed.get(spec.name);
    if (typed === undefined || 'complaint' in readNumber(spec, typed)) return;
    this.typed.delete(spec.name);
    this.requestUpdate();
  }

  private slide({ name, isOptional, slider }: SettingSpec, event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    const value = event.target.valueAsNumber;
    // The right end of an optional filter lets everything through.
    const isOff = isOptional && value >= (slider?.[1] ?? Infinity);
    this.typed.delete(name);
    this.tell({ ...this.sampling, [name]: isOff ? null : value });
  }

  private another(): void {
    this.typed.delete('seed');
    this.tell({ ...this.sampling, seed: Math.floor(Math.random() * (SAMPLING_LIMITS.seed.most + 1)) });
  }

  private reset(): void {
    this.typed.clear();
    this.tell(FIRST_SAMPLING);
  }

  /** These settings with all that is typed besides. */
  private tell(settings = this.sampling): void {
    let sampling = settings;
    let isReadable = true;
    for (const spec of SETTINGS) {
      const typed = this.typed.get(spec.name);
      const reading = typed === undefined ? undefined : readNumber(spec, typed);
      if (reading !== undefined && 'value' in reading) sampling = { ...sampling, [spec.name]: reading.value };
      else if (reading !== undefined) isReadable = false;
    }
    const stops = readStops(this.typed.get('stop') ?? stopsText(sampling.stop));
    if ('value' in stops) sampling = { ...sampling, stop: stops.value };
    else isReadable = false;
    this.sampling = sampling;
    this.requestUpdate();
    const detail: SamplingChange['detail'] = { sampling, isReadable };
    this.dispatchEvent(new CustomEvent('change-sampling', { detail }));
  }
}

customElements.define('mora-sampling', SamplingPanel);
