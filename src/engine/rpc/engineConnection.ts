import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { PRINTED_KEPT, shutDown, startError, unexpectedEnd } from './engineEnd';
import { engineEnvironment, type EngineProgram } from './engineProgram';
import { Downloading, ExportProgressed, GeneratedText } from './protocol';
import type { DownloadProgress } from './download';
import type { ExportProgress } from './export';

/** How long an engine whose stdin was closed may take to end before it is killed. */
const END_GRACE_MS = 1000;

export interface EngineServiceOptions extends EngineProgram {
  /** Takes what the engine prints on stderr, in pieces as they come. */
  readonly onLog?: (text: string) => void;
}

/** One process of `engine serve` and the JSON-RPC connection over its stdio. */
export class EngineConnection {
  readonly rpc;
  /** Where the text of each running generation goes, by stream. */
  readonly textListeners = new Map<number, (text: string) => void>();
  /** Where the progress of each running export goes, by stream. */
  readonly exportListeners = new Map<number, (progress: ExportProgress) => void>();
  /** Where the progress of each running download goes, by stream. */
  readonly downloadListeners = new Map<number, (progress: DownloadProgress) => void>();
  /** Rejects when the process ends; never resolves. */
  readonly failure: Promise<never>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private hasEnded = false;
  private disposed = false;
  private logTail = '';

  constructor(private readonly options: EngineServiceOptions) {
    const { node, engine, env } = options;
    this.child = spawn(node, [engine, 'serve'], {
      env: engineEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => this.log(text));
    // Writing to a process that has just died: `failure` says so better than EPIPE.
    this.child.stdin.on('error', () => undefined);
    this.rpc = createMessageConnection(
      new StreamMessageReader(this.child.stdout),
      new StreamMessageWriter(this.child.stdin),
    );
    this.rpc.onNotification(GeneratedText, ({ stream, text }) => this.textListeners.get(stream)?.(text));
    this.rpc.onNotification(ExportProgressed, ({ stream, progress }) => this.exportListeners.get(stream)?.(progress));
    this.rpc.onNotification(Downloading, ({ stream, progress }) => this.downloadListeners.get(stream)?.(progress));
    this.rpc.onError(([error]) => this.log(`${error.message}\n`));
    this.failure = this.watch();
    this.failure.catch(() => undefined); // also when no request is open
    this.rpc.listen();
  }

  /** Whether the process is gone, or never came. */
  get ended(): boolean {
    return this.hasEnded;
  }

  dispose(): void {
    if (this.hasEnded) return;
    this.disposed = true;
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_GRACE_MS);
    timer.unref();
    this.child.once('exit', () => clearTimeout(timer));
  }

  private watch(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const end = (error: Error): void => {
        if (this.hasEnded) return;
        this.hasEnded = true;
        // The reason goes first: disposing rejects what is open with one that says less.
        reject(error);
        this.rpc.dispose();
      };
      this.child.once('error', (error) => end(startError(error, this.options.node)));
      this.child.once('close', (code, signal) => {
        end(this.disposed ? shutDown(this.logTail) : unexpectedEnd({ code, signal }, this.logTail));
      });
    });
  }

  private log(text: string): void {
    this.logTail = (this.logTail + text).slice(-PRINTED_KEPT);
    this.options.onLog?.(text);
  }
}
