import { fork, type ChildProcess } from 'node:child_process';
import { UserError } from '../../../config/userError';
import type { DataRecord } from '../record';
import { notParquet, type TableAnswer } from './parquetMessages';
import { programPath } from '../../programPath';

/** A row group of a gigabyte becomes objects that take some times as much. */
const MEMORY_LIMIT_MIB = 4096;

/** The largest row group that is read takes a slow machine a minute or two; a hostile one can loop for ever. */
const TIME_LIMIT_MS = 300_000;

/**
 * The rows of a Parquet file, row group after row group, and of them those columns alone that are in `wanted`. Throws a
 * UserError that names the file, and the columns that it has when it has none of these, and the signal's reason when
 * aborted. A process of its own decodes them: the library trusts sizes in the file so far that V8 ends the process.
 */
export async function* readParquet(
  file: string,
  wanted: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<DataRecord> {
  signal?.throwIfAborted();
  const reader = new TableReader(file, wanted);
  const stop = (): void => reader.dispose();
  signal?.addEventListener('abort', stop);
  try {
    let next = reader.ask();
    for (;;) {
      const answer = await next;
      signal?.throwIfAborted();
      if (answer.kind === 'failed') throw new UserError(answer.message);
      if (answer.rows.length === 0) return;
      // The next ones are decoded while these are used.
      next = reader.ask();
      for (const row of answer.rows) yield { file, ...row };
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    reader.dispose();
  }
}

/** The process that decodes one file. */
class TableReader {
  private readonly child: ChildProcess;
  private waiting: ((answer: TableAnswer) => void) | undefined;
  private ended: TableAnswer | undefined;
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly file: string,
    wanted: readonly string[],
  ) {
    this.child = fork(programPath('parquet'), [file, ...wanted], {
      execArgv: [`--max-old-space-size=${MEMORY_LIMIT_MIB}`],
      // Plain JSON would lose what it cannot say, such as numbers that are not finite.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.child
      .on('message', (answer: TableAnswer) => this.answer(answer))
      .on('exit', (code, signal) => this.end(`its reader ended: ${signal ?? `code ${code ?? ''}`}`))
      .on('error', (error) => this.end(`its reader ended: ${error.message}`));
  }

  /** The next rows. Never rejects. */
  ask(): Promise<TableAnswer> {
    return new Promise((resolve) => {
      if (this.ended !== undefined) {
        resolve(this.ended);
        return;
      }
      this.waiting = resolve;
      this.silence = setTimeout(() => {
        this.end(`its reader is silent for ${TIME_LIMIT_MS / 1000} s`);
        this.dispose();
      }, TIME_LIMIT_MS);
      // A process that is gone says so by "exit".
      this.child.send('next', () => undefined);
    });
  }

  dispose(): void {
    clearTimeout(this.silence);
    this.child.kill('SIGKILL');
  }

  private answer(answer: TableAnswer): void {
    clearTimeout(this.silence);
    this.waiting?.(answer);
    this.waiting = undefined;
  }

  private end(reason: string): void {
    this.ended ??= { kind: 'failed', message: notParquet(this.file, reason) };
    this.answer(this.ended);
  }
}
