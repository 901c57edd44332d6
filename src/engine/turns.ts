/** Lets one piece of work run at a time, in the order in which they came. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Resolves when it is one's turn; call the result when done. Rejects with the signal's reason when it aborts before. */
  async take(signal?: AbortSignal): Promise<() => void> {
    const previous = this.last;
    let done = (): void => undefined;
    const own = new Promise<void>((resolve) => {
      done = resolve;
    });
    // Whoever leaves the queue leaves it in order: the next one still waits for those before.
    this.last = previous.then(() => own);
    try {
      await abortable(previous, signal);
    } catch (error) {
      done();
      throw error;
    }
    return done;
  }
}

function abortable(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
