import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import type { EngineProgram } from '../../engine/rpc/engineProgram';
import type { EngineService } from '../../engine/rpc/engineService';
import { TENSORFLOW_FOLDERS } from '../../engine/rpc/tensorFlowPackages';
import { describeNode, findNode, type NodeRuntime } from './nodeLadder';

/** The engine of this window: found when first wanted, its service started when first asked. */
export class EngineHost implements vscode.Disposable {
  private readonly settingsListener: vscode.Disposable;
  private program_: Promise<EngineProgram> | undefined;
  private service_: Promise<EngineService> | undefined;
  private readonly busy = new Set<EngineService>();
  private disposed = false;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    private readonly tensorFlowFolder: string,
  ) {
    this.settingsListener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('mora.enginePath')) this.forget();
    });
  }

  /** Which Node runs which bundle. Throws a UserError when there is none. */
  program(): Promise<EngineProgram> {
    return (this.program_ ??= this.remembered('program_', this.findProgram()));
  }

  /** The service that plans, inspects and generates; one process a window. */
  service(): Promise<EngineService> {
    return (this.service_ ??= this.remembered('service_', this.startService()));
  }

  /**
   * Asks an engine of its own, which ends with the answer, and at once when the signal aborts: for work that keeps a
   * process busy or holds much memory, while the service goes on answering. Throws the signal's reason.
   */
  async alone<T>(work: (engine: EngineService) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const engine = await this.startService();
    const end = (): void => engine.dispose();
    this.busy.add(engine);
    signal.addEventListener('abort', end, { once: true });
    try {
      signal.throwIfAborted();
      return await work(engine);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
      this.busy.delete(engine);
      engine.dispose();
    }
  }

  /** Which Node would run the engine and where it comes from, looked for anew. Throws as `program` does. */
  async rung(): Promise<string> {
    return describeNode(await this.findNode());
  }

  dispose(): void {
    this.disposed = true;
    this.settingsListener.dispose();
    for (const engine of this.busy) engine.dispose();
    this.forget();
  }

  private async findProgram(): Promise<EngineProgram> {
    const node = await this.findNode();
    this.log.info(`The engine runs on ${describeNode(node)}.`);
    const engine = vscode.Uri.joinPath(this.extensionUri, 'dist', 'engine.js').fsPath;
    if (!existsSync(engine)) {
      throw new UserError(vscode.l10n.t('{0}: the engine is missing; install the extension again.', engine));
    }
    const named = process.env[TENSORFLOW_FOLDERS];
    const folders = named === undefined ? this.tensorFlowFolder : `${this.tensorFlowFolder}${delimiter}${named}`;
    return { node: node.executable, engine, env: { ...process.env, [TENSORFLOW_FOLDERS]: folders } };
  }

  private findNode(): Promise<NodeRuntime> {
    return findNode({
      setting: vscode.workspace.getConfiguration('mora').get<string>('enginePath', ''),
      editor: { executable: process.execPath, version: process.version },
    });
  }

  private async startService(): Promise<EngineService> {
    const [program, { startEngineService }] = await Promise.all([
      this.program(),
      import('../../engine/rpc/startEngineService'),
    ]);
    const service = startEngineService({ ...program, onLog: (text) => this.logLines(text) });
    if (this.disposed) service.dispose();
    return service;
  }

  /** A failure is not remembered: the next call tries again, after the user has mended something. */
  private remembered<T>(where: 'program_' | 'service_', promise: Promise<T>): Promise<T> {
    promise.catch(() => {
      // After a change of the setting another one may stand there, which must not be lost.
      if (this[where] === promise) this[where] = undefined;
    });
    return promise;
  }

  private forget(): void {
    void this.service_?.then(
      (service) => service.dispose(),
      () => undefined,
    );
    this.service_ = undefined;
    this.program_ = undefined;
  }

  private logLines(text: string): void {
    for (const line of text.split('\n')) if (line.trim() !== '') this.log.info(`engine: ${line}`);
  }
}
