import type { LogOutputChannel } from 'vscode';
import { reportError } from '../reportError';

/** What becomes of the errors behind a panel. */
export interface Failures {
  /** Resolves when the work has ended; shows the user how it failed. */
  readonly shown: (work: PromiseLike<unknown>) => Promise<void>;
  /** Logs a bug, once in a row: a panel looks at its files several times a second and meets the same one again. */
  readonly log: (error: unknown) => void;
}

export function failuresIn(log: LogOutputChannel): Failures {
  let last: string | undefined;
  return {
    shown: async (work) => {
      try {
        await work;
      } catch (error) {
        reportError(log, error);
      }
    },
    log: (error) => {
      if (String(error) === last) return;
      last = String(error);
      log.error(error instanceof Error ? error : last);
    },
  };
}
