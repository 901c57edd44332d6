import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import { isConfigurationFile } from './configurationFile';
import { Debounced } from './debounced';

/** Long enough not to flicker while one types. */
const QUIET_MS = 200;

/**
 * Problems of configuration documents as squiggles, one for each mistake. Broken JSON and what the schema forbids VS
 * Code's JSON support marks by the contributed schema; here is what planning met ("adapter.layers" names a layer the
 * model lacks), and the rest only where that support is switched off.
 */
export class ConfigurationDiagnostics implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly collection = this.owned.add(vscode.languages.createDiagnosticCollection('mora'));
  private readonly waiting = new Set<vscode.TextDocument>();
  private readonly check = this.owned.add(new Debounced(() => void this.checkWaiting(), QUIET_MS));
  private readonly planning = new Map<string, { readonly text: string; readonly message: string }>();

  constructor() {
    this.owned.add(vscode.workspace.onDidOpenTextDocument((document) => this.enqueue(document)));
    this.owned.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.enqueue(document)));
    this.owned.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.collection.delete(uri);
        this.planning.delete(uri.toString());
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.enqueue(document);
  }

  /** What planning this very text met, or undefined when it went well. */
  setPlanProblem(document: vscode.TextDocument, message: string | undefined): void {
    const key = document.uri.toString();
    if (message === undefined ? !this.planning.delete(key) : this.planning.get(key)?.message === message) return;
    if (message !== undefined) this.planning.set(key, { text: document.getText(), message });
    this.enqueue(document);
  }

  dispose(): void {
    this.owned.dispose();
  }

  private enqueue(document: vscode.TextDocument): void {
    if (!isConfigurationFile(document.uri)) return;
    this.waiting.add(document);
    this.check.call();
  }

  private async checkWaiting(): Promise<void> {
    const { describeProblem, parseConfiguration } = await import('../../config/parse');
    for (const document of [...this.waiting]) {
      this.waiting.delete(document);
      if (document.isClosed || this.owned.isDisposed) continue;
      const text = document.getText();
      const { problems } = parseConfiguration(text);
      const planned = this.planning.get(document.uri.toString());
      this.collection.set(document.uri, [
        ...(jsonSupportChecks(document) ? [] : problems).map((problem) =>
          diagnostic(document, problem.offset, problem.length, describeProblem(problem)),
        ),
        // Planning a document that is wrong in itself only says so again.
        ...(planned?.text === text && problems.length === 0 ? [placed(document, planned.message)] : []),
      ]);
    }
  }
}

/** Whether VS Code says of this document whatever parseConfiguration does; schemaFile.test.ts holds the two together. */
function jsonSupportChecks(document: vscode.TextDocument): boolean {
  if (vscode.extensions.getExtension('vscode.json-language-features') === undefined) return false;
  return vscode.workspace.getConfiguration('json', document).get('validate.enable', true);
}

/** Errors of the engine name their field in quotes; the squiggle goes there, else under the first character. */
function placed(document: vscode.TextDocument, message: string): vscode.Diagnostic {
  const tree = parseTree(document.getText(), [], { allowTrailingComma: true });
  const field = /"((?:model|data|adapter|training|compute)(?:\.\w+)*)"/.exec(message)?.[1];
  const node = tree && field !== undefined ? findNodeAtLocation(tree, field.split('.')) : undefined;
  return diagnostic(document, node?.offset ?? 0, node?.length ?? 1, message);
}

function diagnostic(document: vscode.TextDocument, offset: number, length: number, message: string): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
  const made = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  made.source = 'MoRA';
  return made;
}
