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
          ${swatch(theme, index)}${isAlone ? 'Training loss' : run.name}
          ${
            index === 0
              ? nothing
              : html`<button class="remove" aria-label="Remove ${run.name}" @click=${() => remove(run.root)}>
                  <vscode-icon name="close" size="12"></vscode-icon>
                </button>`
          }
        </span>`,
    )}
    <span
      ><i class="swatch dashed" ${styled({ color: isAlone ? validationColor(theme, 0) : theme.muted })}></i
      >${isAlone ? 'Validation loss' : 'validation'}</span
    >
    ${checkpoints.length === 0 ? nothing : html`<span><i class="triangle"></i>Checkpoint</span>`}
    ${
      merges.length === 0
        ? nothing
        : html`<span><i class="diamond" ${styled({ background: mergeColor(theme) })}></i>Merge</span>`
    }
    ${epochs.length === 0 ? nothing : html`<span><i class="hairline"></i>${epochTitle(epochs)}</span>`}
    <span class="hint">Drag to zoom · Shift-drag to pan · wheel to zoom · double-click to reset</span>
  </div>`;
}

/** The colour of a run. */
export function swatch(theme: Theme, index: number): TemplateResult {
  return html`<i class="swatch" ${styled({ background: runColor(theme, index) })}></i>`;
}

/** Of many epochs only some are marked. */
function epochTitle([first, second]: RunSnapshot['epochs']): string {
  const every = (second?.epoch ?? 0) - (first?.epoch ?? 0);
  return every > 1 ? `Every ${every} epochs` : 'End of an epoch';
}
