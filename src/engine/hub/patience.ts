import { setTimeout as sleep } from 'node:timers/promises';
import { formatHubReference } from '../../config/hubReference';
import { outOfPatience, PassingFailure } from './hubErrors';
import type { HubRequest } from './hubFetch';

/** How long to put up with what may pass. */
export interface Patience {
  /** How often in a row it may fail. */
  readonly tries: number;
  /** The first pause; each is twice the one before. */
  readonly pauseMs: number;
  /** A server that says nothing for so long is taken for gone. */
  readonly silenceMs: number;
}

/** Some seconds in all: enough for a hiccup, not so much that one wonders what is going on. */
export const USUAL_PATIENCE: Patience = { tries: 4, pauseMs: 500, silenceMs: 60_000 };

/** Counts failed tries in a row. */
export class Tries {
  private failed = 0;

  constructor(
    private readonly patience: Patience,
    private readonly signal: AbortSignal,
  ) {}

  /** Something came of the last try. */
  succeeded(): void {
    this.failed = 0;
  }

  /**
   * Waits before the next try. Throws a UserError that begins with `what` when there were too many, the signal's
   * reason when aborted, and every error that will not pass.
   */
  async afterFailure(error: unknown, what: string): Promise<void> {
    if (!(error instanceof PassingFailure)) throw error;
    if (++this.failed >= this.patience.tries) throw outOfPatience(error, what);
    await sleep(this.patience.pauseMs * 2 ** (this.failed - 1), undefined, { signal: this.signal }).catch(() => {
      this.signal.throwIfAborted();
    });
  }
}

/** Asks the hub something, again where that fails for a reason that may pass. */
export async function patiently<T>(ask: () => Promise<T>, request: HubRequest): Promise<T> {
  const { patience, reference, signal } = request;
  const tries = new Tries(patience, signal);
  while (true) {
    try {
      return await ask();
    } catch (error) {
      await tries.afterFailure(error, formatHubReference(reference));
    }
  }
}
