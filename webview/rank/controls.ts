import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Measure, Settings } from '../../src/host/protocol/rankView';
import { formatCount } from '../shared/format';
import { MEASURE_NAMES, MEASURES } from './measures';
import { measureSettings } from './measureSettings';

export interface ControlActions {
  readonly choose: (measure: Measure) => void;
  readonly set: (settings: Partial<Settings>) => void;
  readonly play: () => void;
  /** Place in the list of steps. */
  readonly goTo: (index: number) => void;
}

/** Which measure the map shows, and of which checkpoint. */
export function controls(
  measure: Measure,
  settings: Settings,
  steps: readonly number[],
  step: number,
  isPlaying: boolean,
  actions: ControlActions,
): TemplateResult {
  const index = steps.indexOf(step);
  const play = isPlaying ? l10n.t('Pause') : l10n.t('Play over the checkpoints');
  return html`<div class="controls" role="toolbar" aria-label=${l10n.t('Map')}>
    <select
      aria-label=${l10n.t('Measure')}
      data-measure-select
      @change=${(event: Event) => {
        const { target } = event;
        const name = target instanceof HTMLSelectElement ? target.value : '';
        actions.choose(MEASURE_NAMES.find((known) => known === name) ?? 'effectiveRank');
      }}
    >
      ${MEASURE_NAMES.map(
        (name) => html`<option value=${name} ?selected=${name === measure}>${MEASURES[name].title(settings)}</option>`,
      )}
    </select>
    ${measureSettings(measure, settings, actions.set)}
    <span class="definition">${MEASURES[measure].definition(settings)}</span>
    ${
      steps.length < 2
        ? nothing
        : html`<div class="steps">
            <vscode-toolbar-button
              icon=${isPlaying ? 'debug-pause' : 'play'}
              label=${play}
              title=${play}
              data-action="play"
              @click=${() => actions.play()}
            ></vscode-toolbar-button>
            <input
              type="range"
              min="0"
              max=${steps.length - 1}
              step="1"
              aria-label=${l10n.t('Checkpoint')}
              aria-valuetext=${l10n.t('step {0}', formatCount(steps[index] ?? 0))}
              .value=${String(index)}
              @input=${(event: Event) => {
                if (event.target instanceof HTMLInputElement) actions.goTo(Number(event.target.value));
              }}
            />
            <output>${l10n.t('Step {0}', formatCount(step))}</output>
          </div>`
    }
  </div>`;
}
