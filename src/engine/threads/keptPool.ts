import type { ThreadPool } from './threadPool';

/**
 * Threads that stay for a while after they were used: in a new one V8 interprets and compiles the same program anew, which
 * takes longer than many a task. They keep no process alive meanwhile.
 */
export class KeptPool<Task, Answer> {
  private kept: ThreadPool<Task, Answer> | undefined;
  private end: NodeJS.Timeout | undefined;

  constructor(
    private readonly start: () => ThreadPool<Task, Answer>,
    private readonly milliseconds: number,
  ) {}

  /** Threads for the caller alone, until they are given back. */
  borrow(): ThreadPool<Task, Answer> {
    const pool = this.kept ?? this.start();
    this.kept = undefined;
    clearTimeout(this.end);
    return pool;
  }

  /** Closes them instead when they are still at work, or when others are kept already. */
  giveBack(pool: ThreadPool<Task, Answer>): void {
    if (!pool.isIdle || this.kept !== undefined) {
      pool.close();
      return;
    }
    pool.letProcessEnd();
    this.kept = pool;
    this.end = setTimeout(() => {
      this.kept = undefined;
      pool.close();
    }, this.milliseconds).unref();
  }
}
