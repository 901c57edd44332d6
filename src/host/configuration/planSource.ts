import { parse } from 'jsonc-parser';
import * as vscode from 'vscode';
import type { Plan } from '../../engine/rpc/plan';
import type { EngineHost } from '../engine/engineHost';

interface Remembered {
  readonly text: string;
  readonly plan: Promise<Plan>;
  readonly abort: AbortController;
}

/**
 * Plans of configuration documents, by the engine. The form and the CodeLens of one document ask for the same plan,
 * so the newest of each document is kept; a newer question ends the one before it.
 */
export class PlanSource implements vscode.Disposable {
  private readonly newest = new Map<string, Remembered>();
  private readonly listener: vscode.Disposable;

  constructor(private readonly engine: EngineHost) {
    this.listener = vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri));
  }

  /** Rejects with a UserError when the configuration cannot be planned, and when a newer question overtakes it. */
  plan(document: vscode.TextDocument, examples: number): Promise<Plan> {
    const key = keyOf(document.uri, examples);
    const text = document.getText();
    const earlier = this.newest.get(key);
    if (earlier?.text === text) return earlier.plan;
    earlier?.abort.abort();
    const abort = new AbortController();
    const plan = this.ask(document.uri, text, examples, abort.signal);
    this.newest.set(key, { text, plan, abort });
    // A failure may have its cause outside the document (a missing file), so the same text is asked again.
    plan.catch(() => this.newest.get(key)?.plan === plan && this.newest.delete(key));
    return plan;
  }

  dispose(): void {
    this.listener.dispose();
    for (const { abort } of this.newest.values()) abort.abort();
  }

  private async ask(uri: vscode.Uri, text: string, examples: number, signal: AbortSignal): Promise<Plan> {
    const service = await this.engine.service();
    const configuration: unknown = parse(text, [], { allowTrailingComma: true });
    return service.plan({ configuration, file: uri.fsPath, examples }, signal);
  }

  private forget(uri: vscode.Uri): void {
    for (const [key, { abort }] of this.newest) {
      if (!key.startsWith(`${uri.toString()} `)) continue;
      abort.abort();
      this.newest.delete(key);
    }
  }
}

function keyOf(uri: vscode.Uri, examples: number): string {
  return `${uri.toString()} ${examples}`;
}
