import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ExampleLook, ExamplesSeen } from '../../src/engine/rpc/examples';
import type { Change } from '../../src/host/protocol/form';
import { adoptPageStyles, baseStyles } from '../shared/baseStyles';
import { errorNotice } from '../shared/notice';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { progressStyles } from '../shared/progressBar';
import { COMPUTE, DATA, MODEL_FIELD, TRAINING, type FieldSpec, type SectionSpec } from './fields';
import './examples/examplesView';
import { formField } from './formField';
import { FormModel } from './formModel';
import { formStyles } from './formStyles';
import { header } from './header';
import { heatStyles } from './heatStyles';
import { measureStyles } from './measureStyles';
import { methodSection } from './methodSection';
import { planSection } from './planSection';
import { scheduleView } from './scheduleView';
import { selectionOf } from './selection';
import { totalsOf } from './targetFigures';
import './targetGrid';
import { targetSection, type TargetView } from './targetSection';
import './tieDrawing';
import { numberAt } from './values';

/** The form of a *.mora.json document. All it shows follows from the model; it keeps only where one looks. */
export class FormApp extends LitElement {
  static override properties = { targetView: { state: true }, openSections: { state: true } };
  static override styles = [baseStyles, formStyles, heatStyles, progressStyles, measureStyles];

  private targetView: TargetView = { shadeBy: 'rankBound', pointed: '', patternWrong: false };
  /** One function, so that a new render is no new property. */
  private readonly see = (look: ExampleLook): Promise<ExamplesSeen> => this.model.examples(look);
  private openSections: ReadonlySet<string> = new Set();
  private readonly model = new FormModel(openChannel, () => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    adoptPageStyles();
    this.restore();
    window.addEventListener('scroll', () => this.remember(), { passive: true });
    void this.model.start().then(async () => {
      await this.updateComplete;
      const saved = savedState();
      if (isRecord(saved) && typeof saved.scroll === 'number') window.scrollTo(0, saved.scroll);
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { model } = this;
    const { state, plan } = model;
    if (state === undefined) return nothing;
    if (state.content.kind === 'broken') return this.broken(state.content.message);
    const shape = { layers: plan.plan?.model.layers ?? 0, modules: plan.plan?.model.modules ?? [] };
    const selection = selectionOf(model.values, shape);
    const totals = plan.plan === undefined ? undefined : totalsOf(plan.plan, selection);
    return html`<div
      class="page"
      @change-field=${(event: CustomEvent<Change>) => model.edit([event.detail])}
      @pick-path=${(event: CustomEvent<{ field: string; what: 'model' | 'adapter' | 'data' }>) => void model.pick(event.detail.field, event.detail.what)}
    >
      ${header(model, totals)} ${this.notices()}
      <main>
        ${methodSection(model, totals)}
        ${targetSection(model, selection, totals, this.targetView, (view) => (this.targetView = { ...this.targetView, ...view }))}
        ${planSection(model, totals)}
        <div class="columns">
          ${this.section({ ...DATA, fields: [MODEL_FIELD, ...DATA.fields], title: l10n.t('Model and data') })}
          <div>${this.section(TRAINING, scheduleView(model))} ${this.section(COMPUTE)}</div>
        </div>
        <mora-examples
          .data=${model.dataPlan.plan?.data}
          ?stale=${model.dataPlan.stale}
          .error=${model.dataPlan.error}
          .see=${this.see}
        ></mora-examples>
      </main>
    </div>`;
  }

  private section(spec: SectionSpec, beside: TemplateResult | typeof nothing = nothing): TemplateResult {
    const open = this.openSections.has(spec.id);
    return html`<section aria-labelledby="${spec.id}-title">
      <div class="section-head">
        <h2 id="${spec.id}-title">${spec.title}</h2>
        ${beside}
      </div>
      <div class="fields">${spec.fields.map((field) => this.field(field))}</div>
      ${
        spec.rare.length === 0
          ? nothing
          : html`<button class="more" aria-expanded=${open ? 'true' : 'false'} @click=${() => this.toggle(spec.id)}>
                <vscode-icon name=${open ? 'chevron-down' : 'chevron-right'} size="14"></vscode-icon>${l10n.t('More')}
              </button>
              ${open ? html`<div class="fields">${spec.rare.map((field) => this.field(field))}</div>` : nothing}`
      }
    </section>`;
  }

  private field(spec: FieldSpec): TemplateResult {
    return formField(this.model, spec, this.classOf(spec));
  }

  private classOf(spec: FieldSpec): string {
    // Epochs count only while steps are not given.
    const inactive = spec.field === 'training.epochs' && numberAt(this.model.values, 'training.steps') !== undefined;
    return `${spec.wide === true ? 'wide' : ''} ${inactive ? 'inactive' : ''}`.trim();
  }

  /** What stands in the way of a plan. */
  private notices(): TemplateResult {
    const { model } = this;
    const { error } = model.plan;
    const shown = new Set(model.problems.map(({ field }) => field));
    // The engine says the same of a wrong field as the field itself does.
    const planError = shown.size > 0 ? undefined : error;
    return html`<div class="notices" aria-live="polite">
      ${model.refusal === undefined ? nothing : errorNotice(model.refusal)}
      ${planError === undefined ? nothing : errorNotice(planError)}
    </div>`;
  }

  private broken(message: string): TemplateResult {
    return html`<div class="page">
      <div class="broken" role="alert">
        <vscode-icon name="bracket-error" size="24"></vscode-icon>
        <h1>${l10n.t('The form cannot read this document')}</h1>
        <p class="muted">${message}</p>
        <vscode-button icon="go-to-file" @click=${() => this.model.openText()}>${l10n.t('Open as Text')}</vscode-button>
      </div>
    </div>`;
  }

  private toggle(section: string): void {
    const open = new Set(this.openSections);
    if (!open.delete(section)) open.add(section);
    this.openSections = open;
    this.remember();
  }

  private remember(): void {
    saveState({ scroll: window.scrollY, open: [...this.openSections] });
  }

  private restore(): void {
    const saved = savedState();
    if (!isRecord(saved) || !Array.isArray(saved.open)) return;
    this.openSections = new Set(saved.open.filter((name) => typeof name === 'string'));
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

customElements.define('mora-form', FormApp);
