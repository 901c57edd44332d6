import { Worker } from 'node:worker_threads';
import { UserError } from '../../config/userError';

/** A request to a thread, and what it answers. */
export type ThreadAnswer<Answer> =
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** A UserError, of which only the message would arrive. */
  | { readonly kind: 'refused'; readonly message: string };

/**
 * How long threads rest before they end. In the background V8 may still compile functions that they just ran, and some
 * versions of Node.js abort the whole process where such a compilation asks for the thread's event loop after its end
 * ("NodePlatform::ForIsolate … Assertion failed").
 */
export const REST_MS = 1000;

/**
 * How long a thread that works may take to finish its task once nobody waits for it. In a loop of so many seconds V8 has
 * long compiled what it will, so that the thread may end in it.
 */
export const FINISH_MS = 5000;

interface Waiting<Task, Answer> {
  readonly task: Task;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads that each run a program which answers one task after the other (see answerTasks.ts). They start when there is
 * something to do, at most `threads` of them, and end after `close`.
 */
export class ThreadPool<Task, Answer> {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly busy = new Map<Worker, Waiting<Task, Answer>>();
  private readonly waiting: Waiting<Task, Answer>[] = [];
  private isClosed = false;

  constructor(
    private readonly program: string,
    private readonly threads: number,
  ) {}

  /** Computes a task. Rejects with what it threw, or when the pool is closed before. Memory in `transfer` moves to the thread. */
  run(task: Task, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) throw new Error('a task came to threads that are closed');
      this.waiting.push({ task, transfer, resolve, reject });
      this.dispatch();
    });
  }

  /**
   * Takes back what was not answered. Threads end behind it, after a rest, those that work when their task is done or has
   * taken too long; they keep no process alive.
   */
  close(): void {
    this.isClosed = true;
    for (const worker of this.all) worker.unref();
    for (const worker of this.idle.splice(0)) endAfter(REST_MS, worker);
    for (const worker of this.busy.keys()) endAfter(FINISH_MS, worker);
    const reason = new Error('the threads were closed before they had answered');
    for (const { reject } of [...this.busy.values(), ...this.waiting.splice(0)]) reject(reason);
  }

  /** Whether all tasks are answered. */
  get isIdle(): boolean {
    return this.busy.size === 0 && this.waiting.length === 0;
  }

  /** Lets the process end although threads wait for a next task. */
  letProcessEnd(): void {
    for (const worker of this.idle) worker.unref();
  }

  private dispatch(): void {
    while (this.waiting.length > 0) {
      const worker = this.idle.pop() ?? (this.all.size < this.threads ? this.start() : undefined);
      const next = worker && this.waiting.shift();
      if (worker === undefined || next === undefined) return;
      this.busy.set(worker, next);
      worker.ref();
      worker.postMessage(next.task, [...next.transfer]);
    }
  }

  private start(): Worker {
    const worker = new Worker(this.program);
    this.all.add(worker);
    worker.on('message', (answer: ThreadAnswer<Answer>) => {
      const asked = this.busy.get(worker);
      this.busy.delete(worker);
      if (this.isClosed) {
        endAfter(REST_MS, worker);
        return;
      }
      this.idle.push(worker);
      if (answer.kind === 'done') asked?.resolve(answer.answer);
      else asked?.reject(answer.kind === 'failed' ? answer.error : new UserError(answer.message));
      this.dispatch();
    });
    // A thread ends by itself only when it runs out of memory or its program cannot be loaded.
    let reason: unknown = new Error('a thread of the engine ended');
    worker.on('error', (error) => (reason = error));
    worker.on('exit', () => {
      this.all.delete(worker);
      const at = this.idle.indexOf(worker);
      if (at >= 0) this.idle.splice(at, 1);
      this.busy.get(worker)?.reject(reason);
      this.busy.delete(worker);
      if (this.all.size === 0) for (const { reject } of this.waiting.splice(0)) reject(reason);
    });
    return worker;
  }
}

/** Ends a thread that nobody waits for. */
export function endAfter(milliseconds: number, worker: Worker): void {
  setTimeout(() => void worker.terminate(), milliseconds).unref();
}
