import { html, type TemplateResult } from 'lit';
import './field';
import type { FieldSpec } from './fields';
import type { FormModel } from './formModel';
import { valueAt } from './values';

/** The field of `spec` with what the model knows of it. */
export function formField(model: FormModel, spec: FieldSpec, className: string): TemplateResult {
  return html`<mora-field
    class=${className}
    .spec=${spec}
    .value=${valueAt(model.values, spec.field)}
    .fallback=${valueAt(model.defaults, spec.field)}
    .written=${model.isWritten(spec.field)}
    .problem=${model.problemOf(spec.field)}
    .documentation=${model.documentation[spec.field] ?? ''}
  ></mora-field>`;
}
