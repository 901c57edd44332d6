import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Control, Openable, RunFacts, ShownState } from '../../src/host/protocol/runPanel';
import { formatCompact, formatCount, formatDuration, formatEpoch } from '../shared/format';
import { progressBar } from '../shared/progressBar';

export const STATE_TITLES: Readonly<Record<ShownState, string>> = {
  starting: l10n.t('Starting'),
  running: l10n.t('Running'),
  paused: l10n.t('Paused'),
  stopping: l10n.t('Stopping'),
  finished: l10n.t('Finished'),
  stopped: l10n.t('Stopped'),
  failed: l10n.t('Failed'),
  interrupted: l10n.t('Interrupted'),
  unknown: l10n.t('Unknown'),
};

interface ControlButton {
  readonly control: Control;
  readonly title: string;
  readonly icon: string;
}

const PAUSE: ControlButton = { control: 'pause', title: l10n.t('Pause'), icon: 'debug-pause' };
const RESUME: ControlButton = { control: 'resume', title: l10n.t('Resume'), icon: 'play' };
const SAVE: ControlButton = { control: 'save', title: l10n.t('Save now'), icon: 'save' };
const SAMPLE: ControlButton = { control: 'sample', title: l10n.t('Sample now'), icon: 'comment' };
const STOP: ControlButton = { control: 'stop', title: l10n.t('Stop and save'), icon: 'debug-stop' };

/** What can be asked of a run in each state. */
const CONTROL_BUTTONS: Readonly<Record<ShownState, readonly ControlButton[]>> = {
  starting: [STOP],
  running: [PAUSE, SAVE, SAMPLE, STOP],
  paused: [RESUME, SAVE, SAMPLE, STOP],
  stopping: [],
  finished: [],
  stopped: [],
  failed: [],
  interrupted: [],
  unknown: [],
};

export interface HeadActions {
  readonly control: (control: Control) => void;
  readonly open: (what: Openable) => void;
  /** Asked for and not yet to be seen in the state. */
  readonly pending: Control | null;
}

/** Name, state, method, progress, and what one can do with the run now. */
export function head(facts: RunFacts, actions: HeadActions): TemplateResult {
  const ended = ['stopped', 'failed', 'interrupted'].includes(facts.state);
  return html`
    <header>
      <div class="title">
        <h1>${facts.name}</h1>
        <span class="badge ${facts.state}"><i></i>${STATE_TITLES[facts.state]}</span>
        <span class="muted">${describe(facts)}</span>
      </div>
      <div class="actions" role="toolbar" aria-label=${l10n.t('Run')}>
        ${CONTROL_BUTTONS[facts.state].map(
          ({ control, title, icon }) => html`
            <vscode-button
              ?secondary=${control !== 'resume'}
              icon=${icon}
              ?disabled=${actions.pending !== null}
              data-control=${control}
              @click=${() => actions.control(control)}
              >${title}</vscode-button
            >
          `,
        )}
        ${
          ended && facts.checkpointStep !== null
            ? html`<vscode-button icon="debug-continue" @click=${() => actions.open('checkpointResume')}
                >${l10n.t('Resume from step {0}', formatCount(facts.checkpointStep))}</vscode-button
              >`
            : nothing
        }
        ${
          facts.checkpointStep === null
            ? nothing
            : html`<vscode-button
                secondary
                icon="comment-discussion"
                data-open="playground"
                @click=${() => actions.open('playground')}
                >${l10n.t('Playground')}</vscode-button
              >`
        }
        <vscode-button secondary icon="graph-scatter" data-open="rank" @click=${() => actions.open('rank')}
          >${l10n.t('Rank view')}</vscode-button
        >
        <vscode-toolbar-button
          icon="settings-gear"
          label=${l10n.t('Open the configuration that ran')}
          title=${l10n.t('Open the configuration that ran')}
          @click=${() => actions.open('configuration')}
        ></vscode-toolbar-button>
        <vscode-toolbar-button
          icon="output"
          label=${l10n.t('Open the log')}
          title=${l10n.t('Open the log')}
          @click=${() => actions.open('log')}
        ></vscode-toolbar-button>
      </div>
    </header>
    ${progress(facts)}
  `;
}

function describe({ method, trainableParameters }: RunFacts): string {
  const parameters = trainableParameters > 0 ? l10n.t('{0} parameters', formatCompact(trainableParameters)) : '';
  return [method, parameters].filter((part) => part !== '').join(' · ');
}

function progress(facts: RunFacts): TemplateResult {
  const { step, totalSteps } = facts;
  const share = totalSteps > 0 ? Math.min(1, step / totalSteps) : 0;
  const left =
    facts.secondsLeft !== null && (facts.state === 'running' || facts.state === 'paused')
      ? html`<span><b>${l10n.t('{0} left', formatDuration(facts.secondsLeft))}</b></span>`
      : nothing;
  const place =
    totalSteps > 0
      ? l10n.t('Step {0} of {1}', formatCount(step), formatCount(totalSteps))
      : l10n.t('Step {0}', formatCount(step));
  return html`
    ${progressBar(l10n.t('Progress'), share, { state: facts.state, text: place })}
    <div class="place muted">
      <span>${place}</span>
      <span>${l10n.t('Epoch {0}', formatEpoch(facts.epoch))}</span>
      <span>${l10n.t('{0} elapsed', formatDuration(facts.elapsedSeconds))}</span>
      ${left} ${facts.activity === null ? nothing : html`<span>${facts.activity}</span>`}
      ${
        facts.checkpointStep === null
          ? nothing
          : html`<span class="spread">${l10n.t('Checkpoint at step {0}', formatCount(facts.checkpointStep))}</span>`
      }
    </div>
  `;
}
