import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { describeError } from '../../config/userError';
import { runPaths } from '../../run/runDirectory';
import { noteEarlyEnd, noteFailure } from './earlyEnd';
import { PRINTED_KEPT, startError, unexpectedEnd, type ProcessExit } from './engineEnd';
import { engineEnvironment } from './engineProgram';
import type { EngineServiceOptions } from './engineConnection';
import type { EngineService } from './engineService';
import { fromResponseError } from './errors';
import type { Plan, PlanParams } from './plan';
import { PlanRequest, QuitNotification, StopNotification, TrainNotification } from './protocol';
import { sharedHeapEnvironment } from './sharedHeap';
import type { TrainingProcess } from './startTraining';

/** An engine that first plans and then trains, and ends when this process does, however that ends. */
export interface AttachedEngine extends Pick<EngineService, 'plan'> {
  /**
   * Trains in a run directory made by prepareRun or prepareResume; from now on what it prints goes to the run's log.txt. Only
   * once. Throws UserError when the engine could not be started, and the run says so.
   */
  train(root: string): Promise<AttachedTraining>;
  /** Ends an engine that was given nothing to train. */
  dispose(): void;
}

export interface AttachedTraining extends TrainingProcess {
  /** Save a checkpoint and end. */
  stop(): void;
  /** End at once. */
  quit(): void;
}

/** Starts an engine of this process's own, before it is known whether there will be something to train. */
export function attachEngine(options: EngineServiceOptions): AttachedEngine {
  return new Attached(options);
}

class Attached implements AttachedEngine {
  private readonly child: ChildProcess;
  private readonly rpc;
  private readonly spawned: Promise<void>;
  /** Resolves when the process has ended and all it printed was read. */
  private readonly closed: Promise<ProcessExit>;
  private printed = '';
  private log: WriteStream | undefined;

  constructor(private readonly options: EngineServiceOptions) {
    const { node, engine, env } = options;
    const child = spawn(node, [engine, 'train'], {
      env: { ...sharedHeapEnvironment(), ...engineEnvironment(env) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Its own process group: Ctrl+C on the terminal is for the command line, which passes it on once.
      detached: true,
      windowsHide: true,
    });
    this.child = child;
    this.spawned = new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      // Also a message to a process that has just ended.
      child.on('error', (error) => reject(startError(error, node)));
    });
    this.spawned.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.print(text));
    }
    this.rpc = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    this.rpc.listen();
  }

  async plan(params: PlanParams): Promise<Plan> {
    await this.spawned;
    const ended = this.closed.then((exit): never => {
      throw unexpectedEnd(exit, this.printed);
    });
    try {
      return await Promise.race([this.rpc.sendRequest(PlanRequest, params), ended]);
    } catch (error) {
      throw fromResponseError(error);
    }
  }

  async train(root: string): Promise<AttachedTraining> {
    try {
      await this.spawned;
    } catch (error) {
      await noteFailure(root, describeError(error));
      throw error;
    }
    const log = createWriteStream(runPaths(root).log, { flags: 'a' });
    // A disk that takes no log must not end the run; what the run itself writes says that the disk is full.
    log.on('error', () => undefined);
    this.log = log;
    const pid = this.child.pid ?? 0;
    this.tell(() => this.rpc.sendNotification(TrainNotification, root));
    return {
      pid,
      exited: this.closed.then(async (exit) => {
        await new Promise<void>((done) => void log.end(() => done()));
        // The run directory may be gone by now.
        await noteEarlyEnd(root, pid, exit).catch(() => undefined);
        return exit;
      }),
      stop: () => this.tell(() => this.rpc.sendNotification(StopNotification)),
      quit: () => this.tell(() => this.rpc.sendNotification(QuitNotification)),
    };
  }

  dispose(): void {
    if (this.log === undefined) this.child.kill();
  }

  private print(text: string): void {
    if (this.log !== undefined) {
      this.log.write(text);
      return;
    }
    this.printed = (this.printed + text).slice(-PRINTED_KEPT);
    this.options.onLog?.(text);
  }

  private tell(send: () => Promise<void>): void {
    // A process that has ended listens no more; its exit says the rest.
    if (this.child.connected) send().catch(() => undefined);
  }
}
