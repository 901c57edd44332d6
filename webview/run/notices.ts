import { html, nothing, type TemplateResult } from 'lit';
import type { RunFacts } from '../../src/host/protocol/runPanel';
import { errorNotice } from '../shared/notice';

/** What went wrong: with something asked for just now, and with the run. */
export function notices(failure: string | undefined, facts: RunFacts): TemplateResult {
  const { problem } = facts;
  const failed = failure === undefined ? nothing : errorNotice(failure);
  if (problem === null) return html`${failed}`;
  const isError = facts.state === 'failed';
  return html`${failed}
    <div class=${isError ? 'notice' : 'notice warning'} role="alert" data-problem>
      <vscode-icon name=${isError ? 'error' : 'warning'}></vscode-icon>
      <div>
        <p>${problem.sentence}</p>
        <p>${problem.advice}</p>
      </div>
    </div>`;
}
