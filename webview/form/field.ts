import * as l10n from '@vscode/l10n';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Change, JsonValue } from '../../src/host/protocol/form';
import { baseStyles } from '../shared/baseStyles';
import type { FieldSpec } from './fields';
import { fieldText, readField } from './fieldText';
import { fieldStyles } from './fieldStyles';

/** Changes of a word while one types become one edit, hence one step of undo. */
const TYPING_MS = 300;

/**
 * A labelled field of the document. While it has the focus it shows what is typed, else what the document says.
 * Fires `change-field` with the change and `pick-path` when a file is wanted.
 */
export class Field extends LitElement {
  static override properties = {
    spec: { attribute: false },
    value: { attribute: false },
    fallback: { attribute: false },
    written: { type: Boolean },
    problem: { type: String },
    documentation: { type: String },
    typed: { state: true },
    complaint: { state: true },
  };
  static override styles = [baseStyles, fieldStyles];

  spec: FieldSpec | undefined;
  value: JsonValue | undefined;
  /** What it is when the document is silent. */
  fallback: JsonValue | undefined;
  written = false;
  problem: string | undefined;
  documentation = '';
  private typed: string | undefined;
  private complaint: string | undefined;
  private sent: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Undo, or a hand in the text, while the field has the focus: the document wins over what was typed and sent.
    if (changed.has('value') && this.typed !== undefined && this.timer === undefined) {
      const now = this.text(this.value);
      const before = changed.get('value');
      if (this.sent !== undefined && now !== this.sent && this.text(before) !== now) {
        this.typed = undefined;
        this.sent = undefined;
      }
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { spec } = this;
    if (spec === undefined) return nothing;
    const problem = this.complaint ?? this.problem;
    const differs = this.written && this.text(this.value) !== this.text(this.fallback) && this.fallback !== undefined;
    return html`<div class=${problem === undefined ? 'field' : 'field wrong'}>
      <div class="heading">
        <label for="control" class=${this.documentation === '' ? '' : 'documented'}>${spec.label}</label>
        ${this.documentation === '' ? nothing : html`<span class="documentation" id="documentation" role="tooltip">${this.documentation}</span>`}
        ${
          differs && spec.field !== 'model' && spec.field !== 'data.train'
            ? html`<button
                class="reset"
                title=${this.text(this.fallback) === '' ? l10n.t('Reset to the default') : l10n.t('Reset to {0}', this.text(this.fallback))}
                aria-label=${l10n.t('Reset {0} to its default', spec.label)}
                @click=${this.reset}
              >
                <vscode-icon name="discard" size="12"></vscode-icon>
              </button>`
            : nothing
        }
      </div>
      ${this.control(spec)}
      ${problem === undefined ? nothing : html`<div class="problem" id="problem" role="alert">${problem}</div>`}
    </div>`;
  }

  private control(spec: FieldSpec): TemplateResult {
    switch (spec.kind.control) {
      case 'choice':
        return this.select(spec, spec.kind.options);
      case 'switch':
        return this.select(spec, ['on', 'off']);
      default:
        return this.input(spec);
    }
  }

  private input(spec: FieldSpec): TemplateResult {
    const pick = spec.kind.control === 'text' ? spec.kind.pick : undefined;
    const described = [this.documentation && 'documentation', (this.complaint ?? this.problem) && 'problem']
      .filter(Boolean)
      .join(' ');
    return html`<div class="box">
      <input
        id="control"
        type="text"
        spellcheck="false"
        autocomplete="off"
        inputmode=${spec.kind.control === 'number' ? 'decimal' : 'text'}
        placeholder=${spec.placeholder ?? ''}
        aria-describedby=${described || nothing}
        aria-invalid=${(this.complaint ?? this.problem) === undefined ? 'false' : 'true'}
        .value=${this.typed ?? this.text(this.value)}
        @input=${this.onInput}
        @keydown=${this.onKeyDown}
        @blur=${this.onBlur}
        @pointerenter=${this.onPointerEnter}
      />
      ${spec.unit === undefined ? nothing : html`<span class="unit" aria-hidden="true">${spec.unit}</span>`}
      ${
        pick === undefined
          ? nothing
          : html`<button
              class="pick"
              title=${l10n.t('Choose…')}
              aria-label=${l10n.t('Choose {0}', spec.label)}
              @click=${() => this.pick(pick)}
            >
              <vscode-icon name=${pick === 'data' ? 'file' : 'folder-opened'} size="16"></vscode-icon>
            </button>`
      }
    </div>`;
  }

  private select(spec: FieldSpec, options: readonly string[]): TemplateResult {
    const current = this.text(this.value);
    return html`<vscode-single-select id="control" label=${spec.label} .value=${current} @change=${this.onChoose}>
      ${options.map((option) => html`<vscode-option value=${option} ?selected=${option === current}>${option}</vscode-option>`)}
    </vscode-single-select>`;
  }

  private text(value: JsonValue | undefined): string {
    return fieldText(value, this.spec?.kind);
  }

  private readonly onInput = (event: InputEvent): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.typed = event.target.value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), TYPING_MS);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    // Saving and running happen outside the form: what was typed must be in the document by then.
    if (event.key === 'Enter' || event.ctrlKey || event.metaKey) this.commit();
    if (event.key === 'Escape' && this.typed !== undefined) {
      clearTimeout(this.timer);
      this.timer = this.typed = this.complaint = undefined;
      event.stopPropagation();
    }
  };

  private readonly onBlur = (): void => {
    this.commit();
    // A text that means nothing stays with its complaint, so that it can be mended.
    if (this.complaint === undefined) this.typed = this.sent = undefined;
  };

  /** A text longer than its field, as paths are, is whole in what hovers over it. */
  private readonly onPointerEnter = ({ currentTarget: input }: PointerEvent): void => {
    if (!(input instanceof HTMLInputElement)) return;
    input.title = input.scrollWidth > input.clientWidth ? input.value : '';
  };

  private readonly onChoose = (event: Event): void => {
    const { value } = event.target as EventTarget & { readonly value: string };
    if (this.spec === undefined || value === this.text(this.value)) return;
    const reading = readField(value, this.spec.kind);
    if ('value' in reading) this.fire({ field: this.spec.field, value: reading.value });
  };

  private commit(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.typed === undefined || this.spec === undefined) return;
    const reading = readField(this.typed, this.spec.kind);
    this.complaint = 'complaint' in reading ? reading.complaint : undefined;
    if ('complaint' in reading || this.text(reading.value) === this.text(this.value)) return;
    this.sent = this.text(reading.value);
    this.fire({ field: this.spec.field, value: reading.value });
  }

  private readonly reset = (): void => {
    this.typed = this.complaint = undefined;
    if (this.spec !== undefined) this.fire({ field: this.spec.field, remove: true });
  };

  private fire(change: Change): void {
    this.dispatchEvent(new CustomEvent<Change>('change-field', { detail: change, bubbles: true, composed: true }));
  }

  private pick(what: 'model' | 'adapter' | 'data'): void {
    const detail = { field: this.spec?.field ?? '', what };
    this.dispatchEvent(new CustomEvent('pick-path', { detail, bubbles: true, composed: true }));
  }
}

customElements.define('mora-field', Field);
