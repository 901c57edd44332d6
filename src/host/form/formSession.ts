import { basename } from 'node:path';
import * as vscode from 'vscode';
import { parseConfiguration } from '../../config/parse';
import type { PlanSource } from '../configuration/planSource';
import { openAsText } from '../configuration/openConfiguration';
import { Disposables } from '../disposables';
import { Channel } from '../protocol/channel';
import type { FormHostEnd, FormPageEnd, FormState } from '../protocol/form';
import { describeProgress } from '../runs/runText';
import type { Services } from '../services';
import { editDocument } from './editDocument';
import { defaultValues, documentation, formContent } from './formContent';
import { FormExamples } from './formExamples';
import { FormMeasurements } from './formMeasurements';
import {
  editParams,
  examplesParams,
  measureParams,
  nothing,
  openRunParams,
  openTextParams,
  pickParams,
} from './formMessages';
import { FormPlans } from './formPlans';
import { pickPath } from './pickPath';

/** One form on screen: tells it what the document says, makes its changes in the document, feeds it plans. */
export class FormSession implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly channel: Channel<FormHostEnd, FormPageEnd>;
  private readonly plans: FormPlans;
  private readonly measurements: FormMeasurements;
  private readonly examples: FormExamples;
  /** Edits one after the other: each is computed on the text that the one before it left. */
  private editing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly document: vscode.TextDocument,
    panel: vscode.WebviewPanel,
    private readonly services: Services,
    plans: PlanSource,
  ) {
    this.channel = this.owned.add(this.openChannel(panel.webview));
    this.plans = this.owned.add(
      new FormPlans(document, plans, {
        onPlan: (news) => this.channel.event('plan', news),
        onDataPlan: (news) => this.channel.event('dataPlan', news),
        onBug: (error) => services.log.error(error),
      }),
    );
    this.measurements = this.owned.add(
      new FormMeasurements(document, services, {
        onSuggestion: (news) => this.channel.event('suggestion', news),
        onSteps: (news) => this.channel.event('steps', news),
      }),
    );
    this.examples = this.owned.add(new FormExamples(document, services.engine));
    this.owned.add(panel.webview.onDidReceiveMessage((message: unknown) => this.channel.receive(message)));
    this.owned.add(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document && event.contentChanges.length > 0) this.tellState();
      }),
    );
    this.owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.tellState()));
    this.owned.add(services.runs.onDidChange(() => this.tellRun()));
    // A model or data file that was missing may have come while one was elsewhere.
    this.owned.add(panel.onDidChangeViewState(() => panel.active && this.plans.retryFailed()));
  }

  dispose(): void {
    this.owned.dispose();
  }

  private openChannel(webview: vscode.Webview): Channel<FormHostEnd, FormPageEnd> {
    return new Channel(
      (message) => void webview.postMessage(message),
      {
        requests: {
          start: { parse: (body) => nothing.parse(body), answer: () => this.start() },
          edit: {
            parse: (body) => editParams.parse(body),
            answer: ({ changes }) => this.inTurn(() => editDocument(this.document, changes)),
          },
          train: {
            parse: (body) => nothing.parse(body),
            // After the edits before it; those that follow need not wait until the run has started.
            answer: () =>
              done(this.editing.then(() => vscode.commands.executeCommand('mora.train', this.document.uri))),
          },
          openRun: {
            parse: (body) => openRunParams.parse(body),
            answer: ({ root }) => done(vscode.commands.executeCommand('mora.openRun', root)),
          },
          openText: {
            parse: (body) => openTextParams.parse(body),
            answer: ({ field }) => done(openAsText(this.document.uri, this.placeOf(field))),
          },
          examples: {
            parse: (body) => examplesParams.parse(body),
            answer: ({ look }) => this.examples.see(look),
          },
          measure: {
            parse: (body) => measureParams.parse(body),
            answer: async ({ what }) => {
              // On the text that the edits before it leave.
              await this.editing;
              this.measurements.start(what);
              return null;
            },
          },
          cancelMeasure: {
            parse: (body) => measureParams.parse(body),
            answer: ({ what }) => {
              this.measurements.cancel(what);
              return null;
            },
          },
          pick: { parse: (body) => pickParams.parse(body), answer: ({ what }) => pickPath(this.document.uri, what) },
        },
        events: {},
      },
      (error) => this.services.log.error(error instanceof Error ? error : String(error)),
    );
  }

  private start(): FormHostEnd['requests']['start']['result'] {
    this.plans.restart();
    this.tellRun();
    this.measurements.tellAgain();
    return { state: this.state(), documentation: documentation(), defaults: defaultValues() };
  }

  private state(): FormState {
    return {
      fileName: basename(this.document.uri.path),
      content: formContent(this.document.getText()),
      mayTrain: vscode.workspace.isTrusted && this.document.uri.scheme === 'file',
    };
  }

  private tellState(): void {
    this.channel.event('state', this.state());
    this.plans.refresh();
  }

  private tellRun(): void {
    const run = this.services.runs.active().find(({ status }) => status.configurationFile === this.document.uri.fsPath);
    this.channel.event(
      'run',
      run === undefined ? null : { root: run.root, progress: describeProgress(run.status, run.state) },
    );
  }

  private inTurn(act: () => PromiseLike<unknown>): Promise<null> {
    const turn = this.editing.then(act);
    this.editing = turn.catch(() => undefined);
    return done(turn);
  }

  private placeOf(field: string | null): vscode.Range | undefined {
    const problem = parseConfiguration(this.document.getText()).problems.find(
      (each) => field === null || each.field === field,
    );
    if (problem === undefined) return undefined;
    const { offset, length } = problem;
    return new vscode.Range(this.document.positionAt(offset), this.document.positionAt(offset + length));
  }
}

async function done(work: PromiseLike<unknown>): Promise<null> {
  await work;
  return null;
}
