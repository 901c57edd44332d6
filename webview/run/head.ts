import { html, nothing, type TemplateResult } from 'lit';
import type { Control, Openable, RunFacts, ShownState } from '../../src/host/protocol/runPanel';
import { styled } from '../shared/styled';
import { formatCompact, formatCount, formatDuration, formatEpoch } from '../shared/format';

export const STATE_TITLES: Readonly<Record<ShownState, string>> = {
  starting: 'Starting',
  running: 'Running',
  paused: 'Paused',
  stopping: 'Stopping',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
  unknown: 'Unknown',
};

interface ControlButton {
  readonly control: Control;
  readonly title: string;
  readonly icon: string;
}

const PAUSE: ControlButton = { control: 'pause', title: 'Pause', icon: 'debug-pause' };
const RESUME: ControlButton = { control: 'resume', title: 'Resume', icon: 'play' };
const SAVE: ControlButton = { control: 'save', title: 'Save now', icon: 'save' };
const SAMPLE: ControlButton = { control: 'sample', title: 'Sample now', icon: 'comment' };
const STOP: ControlButton = { control: 'stop', title: 'Stop and save', icon: 'debug-stop' };

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
      <div class="actions" role="toolbar" aria-label="Run">
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
                >Resume from step ${formatCount(facts.checkpointStep)}</vscode-button
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
                >Playground</vscode-button
              >`
        }
        <vscode-button secondary icon="graph-scatter" data-open="rank" @click=${() => actions.open('rank')}
          >Rank view</vscode-button
        >
        <vscode-toolbar-button
          icon="settings-gear"
          label="Open the configuration that ran"
          title="Open the configuration that ran"
          @click=${() => actions.open('configuration')}
        ></vscode-toolbar-button>
        <vscode-toolbar-button
          icon="output"
          label="Open the log"
          title="Open the log"
          @click=${() => actions.open('log')}
        ></vscode-toolbar-button>
      </div>
    </header>
    ${progress(facts)}
  `;
}

function describe({ method, trainableParameters }: RunFacts): string {
  const parameters = trainableParameters > 0 ? `${formatCompact(trainableParameters)} parameters` : '';
  return [method, parameters].filter((part) => part !== '').join(' · ');
}

function progress(facts: RunFacts): TemplateResult {
  const { step, totalSteps } = facts;
  const share = totalSteps > 0 ? Math.min(1, step / totalSteps) : 0;
  const left =
    facts.secondsLeft !== null && (facts.state === 'running' || facts.state === 'paused')
      ? html`<span><b>${formatDuration(facts.secondsLeft)}</b> left</span>`
      : nothing;
  return html`
    <div
      class="progress ${facts.state}"
      role="progressbar"
      aria-label="Progress"
      aria-valuemin="0"
      aria-valuemax=${totalSteps}
      aria-valuenow=${step}
    >
      <div ${styled({ width: `${(100 * share).toFixed(2)}%` })}></div>
    </div>
    <div class="place muted">
      <span>Step <b>${formatCount(step)}</b>${totalSteps > 0 ? ` of ${formatCount(totalSteps)}` : nothing}</span>
      <span>Epoch <b>${formatEpoch(facts.epoch)}</b></span>
      <span><b>${formatDuration(facts.elapsedSeconds)}</b> elapsed</span>
      ${left} ${facts.activity === null ? nothing : html`<span>${facts.activity}</span>`}
      ${
        facts.checkpointStep === null
          ? nothing
          : html`<span class="spread">Checkpoint at step <b>${formatCount(facts.checkpointStep)}</b></span>`
      }
    </div>
  `;
}
