import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { MoraMode } from '../../src/config/mode';
import type { Plan, PlannedModule } from '../../src/engine/rpc/plan';
import { formatCount } from '../shared/format';
import type { Drawable, Structure } from './tieDrawing';

const CAPTIONS: Readonly<Record<Structure, string>> = {
  mora: l10n.t('Cells of one colour are one number of M.'),
  lora: l10n.t('Every row of ΔW is a mixture of the r rows of A.'),
  full: l10n.t('Every cell is a number of its own.'),
};

/** How ΔW is made, drawn small: M → ΔW, or B · A → ΔW; and in words for a real module. */
export function structurePictures(structure: Structure, mode: MoraMode, plan: Plan | undefined): TemplateResult {
  const example = plan?.modules.find(({ selected, error }) => selected && error === undefined);
  return html`<figure>
    <div class="pictures">
      ${structure === 'mora' ? [picture('mora', 'sharing', 6, 'M'), becomes()] : nothing}
      ${structure === 'lora' ? [picture('b', mode, 18, 'B'), picture('a', mode, 18, 'A'), becomes()] : nothing}
      ${picture(structure, mode, 18, 'ΔW')}
    </div>
    <figcaption class="small muted">
      <p>${CAPTIONS[structure]}</p>
      ${example === undefined ? nothing : html`<p>${shapesOf(example)}</p>`}
    </figcaption>
  </figure>`;
}

function picture(structure: Drawable, mode: MoraMode, entries: number, name: string): TemplateResult {
  return html`<span class="picture"
    ><mora-tie-drawing structure=${structure} mode=${mode} entries=${entries} size="6" cell="8"></mora-tie-drawing
    ><span class="small muted">${name}</span></span
  >`;
}

function becomes(): TemplateResult {
  return html`<vscode-icon name="arrow-right" size="16"></vscode-icon>`;
}

/** "In q_proj, M of 54 × 54 makes ΔW of 192 × 192." */
function shapesOf({ module, dIn, dOut, rHat, rank }: PlannedModule): string {
  const shape = [module, formatCount(dOut), formatCount(dIn)] as const;
  if (rHat !== undefined) return l10n.t('In {0}, M of {3} × {3} makes ΔW of {1} × {2}.', ...shape, rHat);
  if (rank === undefined) return l10n.t('In {0}, all of ΔW of {1} × {2} is trained.', ...shape);
  return l10n.t('In {0}, B of {1} × {3} and A of {3} × {2} make ΔW of {1} × {2}.', ...shape, rank);
}
