import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { RunSnapshot } from '../../src/host/protocol/runPanel';
import { styled } from '../shared/styled';
import type { Theme } from '../shared/theme';
import { mergeColor, runColor, validationColor } from './lossChart';

/** Whose colour is whose, and how to move in the charts. */
export function legend(
  { runs, checkpoints, merges, epochs }: RunSnapshot,
  theme: Theme,
  remove: (root: string) => void,
): TemplateResult {
  const isAlone = runs.length === 1;
  return html`<div class="legend">
    ${runs.map(
      (run, index) =>
        html`<span>
          ${swatch(theme, index)}${isAlone ? l10n.t('Training loss') : run.name}
          ${
            index === 0
              ? nothing
              : html`<button
                  class="remove"
                  aria-label=${l10n.t('Remove {0}', run.name)}
                  @click=${() => remove(run.root)}
                >
                  <vscode-icon name="close" size="12"></vscode-icon>
                </button>`
          }
        </span>`,
    )}
    <span
      ><i class="swatch dashed" ${styled({ color: isAlone ? validationColor(theme, 0) : theme.muted })}></i
      >${isAlone ? l10n.t('Validation loss') : l10n.t('validation')}</span
    >
    ${checkpoints.length === 0 ? nothing : html`<span><i class="triangle"></i>${l10n.t('Checkpoint')}</span>`}
    ${
      merges.length === 0
        ? nothing
        : html`<span><i class="diamond" ${styled({ background: mergeColor(theme) })}></i>${l10n.t('Merge')}</span>`
    }
    ${epochs.length === 0 ? nothing : html`<span><i class="hairline"></i>${epochTitle(epochs)}</span>`}
    <span class="hint">${l10n.t('Drag to zoom · Shift-drag to pan · wheel to zoom · double-click to reset')}</span>
  </div>`;
}

/** The colour of a run. */
export function swatch(theme: Theme, index: number): TemplateResult {
  return html`<i class="swatch" ${styled({ background: runColor(theme, index) })}></i>`;
}

/** Of many epochs only some are marked. */
function epochTitle([first, second]: RunSnapshot['epochs']): string {
  const every = (second?.epoch ?? 0) - (first?.epoch ?? 0);
  return every > 1 ? l10n.t('Every {0} epochs', every) : l10n.t('End of an epoch');
}
