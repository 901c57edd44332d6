import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { diagnosisOf, type DoctorReport, type Fact } from '../../doctor/doctorReport';
import { hiddenPlaces, type Place } from '../../doctor/hiddenPlaces';
import { logTail } from '../../doctor/logTail';
import { reportText } from '../../doctor/reportText';
import type { Services } from '../services';

const SCHEME = 'mora-doctor';

/** So many lines say what happened last, and fit into an issue. */
const LOG_LINES = 40;

/** Shows the report of `MoRA: Doctor` as a document that cannot be edited, and is made anew each time. */
export class Doctor implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private text = '';

  readonly onDidChange = this.changed.event;

  constructor(private readonly services: Services) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  async show(): Promise<void> {
    const report = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('MoRA: looking at this machine'),
        cancellable: true,
      },
      (_progress, token) => this.report(token),
    );
    if (report === undefined) return;
    this.text = reportText(hiddenPlaces(report, this.places()));
    const uri = vscode.Uri.from({ scheme: SCHEME, path: '/MoRA Doctor.md' });
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  /** Undefined when it was cancelled. */
  private async report(token: vscode.CancellationToken): Promise<DoctorReport | undefined> {
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort());
    try {
      const engine = await diagnosisOf(
        async (signal) => (await this.services.engine.service()).diagnose(signal),
        abort.signal,
      );
      const program = [...editorFacts(this.services.version), ...(await this.engineFacts())];
      return { program, engine, log: await logTail(join(this.services.logs.fsPath, 'MoRA.log'), LOG_LINES) };
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    } finally {
      subscription.dispose();
    }
  }

  /** Which Node runs the engine, and why that one. */
  private async engineFacts(): Promise<Fact[]> {
    const setting = vscode.workspace.getConfiguration('mora').get<string>('enginePath', '').trim();
    const rung = await this.services.engine.rung().catch((error: unknown) => {
      return `none: ${error instanceof Error ? error.message : String(error)}`;
    });
    return [['Engine runs on', rung], ...(setting === '' ? [] : [['Setting mora.enginePath', setting] satisfies Fact])];
  }

  private places(): Place[] {
    return [
      [homedir(), '~'],
      [this.services.extensionUri.fsPath, '(extension)'],
      ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }): Place => [uri.fsPath, '(workspace)']),
    ];
  }
}

function editorFacts(version: string): Fact[] {
  const { appName, appHost, remoteName, uiKind, language } = vscode.env;
  const { workspaceFolders, isTrusted } = vscode.workspace;
  // Of a server its kind is enough; its address is nobody's business.
  const where = [appHost, ...(remoteName === undefined ? [] : [`remote: ${remoteName.replace(/[^A-Za-z-].*$/s, '')}`])];
  if (uiKind === vscode.UIKind.Web) where.push('in a browser');
  const folders = workspaceFolders?.length ?? 0;
  const schemes = new Set((workspaceFolders ?? []).map(({ uri }) => uri.scheme));
  const electron = process.versions.electron;
  return [
    ['MoRA Studio', version],
    ['Editor', `${appName} ${vscode.version} (${where.join(', ')}), language ${language}`],
    ['Extension host', `Node.js ${process.version}${electron === undefined ? '' : `, Electron ${electron}`}`],
    [
      'Workspace',
      `${folders === 1 ? '1 folder' : `${folders} folders`}${schemes.size === 0 ? '' : ` (${[...schemes].join(', ')})`}, ${isTrusted ? 'trusted' : 'not trusted'}`,
    ],
  ];
}
