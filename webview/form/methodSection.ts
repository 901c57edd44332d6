import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { MORA_MODE_NAMES, MORA_MODES, type MoraMode } from '../../src/config/mode';
import type { Change } from '../../src/host/protocol/form';
import type { GRID_FIELDS, METHOD_FIELDS } from './fields';
import type { FormModel } from './formModel';
import { comparison } from './comparison';
import { rankControl } from './rankControl';
import { structurePictures } from './structurePictures';
import type { Totals } from './targetFigures';
import type { Structure } from './tieDrawing';
import { textAt } from './values';

const METHODS: ReadonlyArray<{ readonly name: Structure; readonly title: string; readonly sentence: string }> = [
  {
    name: 'mora',
    title: 'MoRA',
    sentence: l10n.t('One square matrix M for each module, spread over ΔW: a high rank at the parameters of LoRA.'),
  },
  {
    name: 'lora',
    title: 'LoRA',
    sentence: l10n.t('ΔW = (α/r)·B·A with two thin matrices: its rank stops at r.'),
  },
  {
    name: 'full',
    title: l10n.t('Full'),
    sentence: l10n.t('Every entry of ΔW is trained: the rank is free, and so is the price.'),
  },
];

function isMode(text: string): text is MoraMode {
  return Object.hasOwn(MORA_MODES, text);
}

/** Method, mode and rank: the structure of ΔW, with a drawing of it. */
export function methodSection(model: FormModel, totals: Totals | undefined): TemplateResult {
  const { values } = model;
  const method = METHODS.find(({ name }) => name === textAt(values, 'adapter.method')) ?? METHODS[0];
  const modeText = textAt(values, 'adapter.mode');
  const mode = isMode(modeText) ? modeText : 'rotation';
  const edit = (...changes: Change[]): void => model.edit(changes);
  const structure = method?.name ?? 'mora';
  return html`<section aria-labelledby="method-title">
    <div class="section-head">
      <h2 id="method-title">${l10n.t('Method')}</h2>
      <div
        class="segments"
        role="radiogroup"
        aria-labelledby="method-title"
        title=${documentationOf(model, ['adapter.method'])}
        @keydown=${rove}
      >
        ${METHODS.map(
          ({ name, title }) =>
            html`<button
              role="radio"
              aria-checked=${name === structure ? 'true' : 'false'}
              tabindex=${name === structure ? 0 : -1}
              @click=${() => edit({ field: 'adapter.method', value: name })}
            >
              ${title}
            </button>`,
        )}
      </div>
      <span class="muted sentence">${method?.sentence}</span>
    </div>
    ${problemLine(model, 'adapter.method')} ${problemLine(model, 'adapter.mode')}
    <div class=${structure === 'mora' ? 'method' : 'method alone'}>
      ${structure === 'mora' ? modeList(mode, documentationOf(model, ['adapter.mode']), (chosen) => edit({ field: 'adapter.mode', value: chosen })) : nothing}
      <div class="structure">
        ${structurePictures(structure, mode, model.plan.plan)}
        <div class="figures">
          ${structure === 'full' ? nothing : rankControl(model, totals)}
          ${comparison(model.plan.plan, totals, structure)}
        </div>
      </div>
    </div>
  </section>`;
}

/** What the schema says of fields that have a control of their own, one paragraph each. */
export function documentationOf(
  model: FormModel,
  fields: ReadonlyArray<(typeof METHOD_FIELDS | typeof GRID_FIELDS)[number]>,
): string {
  return fields.map((field) => model.documentation[field] ?? '').join('\n\n');
}

export function problemLine(model: FormModel, field: string): TemplateResult | typeof nothing {
  const problem = model.problemOf(field);
  return problem === undefined ? nothing : html`<p class="problem" role="alert">${field} ${problem}</p>`;
}

function modeList(mode: MoraMode, documentation: string, choose: (mode: MoraMode) => void): TemplateResult {
  return html`<div class="modes" role="radiogroup" aria-label=${l10n.t('Mode')} title=${documentation} @keydown=${rove}>
    ${MORA_MODE_NAMES.map((name) => {
      const { title, type, summary } = MORA_MODES[name];
      return html`<button
        class="mode"
        role="radio"
        aria-checked=${name === mode ? 'true' : 'false'}
        tabindex=${name === mode ? 0 : -1}
        @click=${() => choose(name)}
      >
        <mora-tie-drawing structure="mora" mode=${name} entries="12" size="4" cell="3"></mora-tie-drawing>
        <span class="mode-text"
          ><span class="mode-title"
            >${l10n.t(title)}<span class="type" title=${l10n.t('the official mora_type')}>${type}</span></span
          ><span class="mode-summary">${l10n.t(summary)}</span></span
        >
      </button>`;
    })}
  </div>`;
}

/** Arrow keys move through a group of radio buttons, and choose, as screen readers expect. */
function rove(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role=radio]')];
  const at = buttons.findIndex((button) => button === event.target);
  const next = buttons[(at + step + buttons.length) % buttons.length];
  event.preventDefault();
  next?.focus();
  next?.click();
}
