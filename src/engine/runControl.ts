/** What the training loop asks between two programs. */
export interface TrainingControl {
  /** End the run with a checkpoint. Never taken back. */
  readonly stopRequested: boolean;
  /** Aborted at that moment, for work that would not ask. */
  readonly stopSignal: AbortSignal;
  /** Save a checkpoint after this step, then call `saved`. */
  readonly saveRequested: boolean;
  saved(): void;
  /** Returns at once unless paused; else calls `onPaused` and returns when resumed or asked to stop. */
  waitWhilePaused(onPaused: () => void | Promise<void>): Promise<void>;
}

/** The wishes of the user, set by requests and signals, read by the training loop. */
export class RunControl implements TrainingControl {
  private readonly stopping = new AbortController();
  private saving = false;
  private paused = false;
  private wake: (() => void) | undefined;

  get stopRequested(): boolean {
    return this.stopSignal.aborted;
  }

  get stopSignal(): AbortSignal {
    return this.stopping.signal;
  }

  get saveRequested(): boolean {
    return this.saving;
  }

  saved(): void {
    this.saving = false;
  }

  save(): void {
    this.saving = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake?.();
  }

  stop(): void {
    this.stopping.abort();
    this.wake?.();
  }

  async waitWhilePaused(onPaused: () => void | Promise<void>): Promise<void> {
    if (!this.isWaiting()) return;
    await onPaused();
    // Asked again after every wake: it may have been resumed and paused once more meanwhile.
    while (this.isWaiting()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
  }

  private isWaiting(): boolean {
    return this.paused && !this.stopRequested;
  }
}
