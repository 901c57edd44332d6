import { UserError } from '../config/userError';

/** What the training loop asks between two programs. */
export interface TrainingControl {
  /** End the run with a checkpoint. Never taken back. */
  readonly stopRequested: boolean;
  /** Aborted at that moment, for work that would not ask. */
  readonly stopSignal: AbortSignal;
  /** Save a checkpoint after this step, then call `saved`. */
  readonly saveRequested: boolean;
  saved(): void;
  /** Make samples after this step, then call `sampled`. */
  readonly sampleRequested: boolean;
  sampled(): void;
  /** From now on samples can be asked for, or cannot, for this reason. */
  takeSamples(refusal?: UserError): void;
  /**
   * Returns at once unless paused; else calls `onPaused` and returns when resumed or asked to stop. Calls `onAsked` when
   * something else is asked for meanwhile.
   */
  waitWhilePaused(onPaused: () => void | Promise<void>, onAsked: () => Promise<void>): Promise<void>;
}

/** The wishes of the user, set by requests and signals, read by the training loop. */
export class RunControl implements TrainingControl {
  private readonly stopping = new AbortController();
  private saving = false;
  private sampling = false;
  private refusal: UserError | undefined = new UserError(
    'The run has not begun to train; ask for samples when it has.',
  );
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
    this.wake?.();
  }

  get sampleRequested(): boolean {
    return this.sampling;
  }

  takeSamples(refusal?: UserError): void {
    this.refusal = refusal;
  }

  sampled(): void {
    this.sampling = false;
  }

  /** Throws a UserError where the run can make none. */
  sample(): void {
    if (this.refusal !== undefined) throw this.refusal;
    this.sampling = true;
    this.wake?.();
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

  async waitWhilePaused(onPaused: () => void | Promise<void>, onAsked: () => Promise<void>): Promise<void> {
    if (!this.isWaiting()) return;
    await onPaused();
    // Asked again after every wake: it may have been resumed and paused once more meanwhile.
    while (this.isWaiting()) {
      if (this.saving || this.sampling) {
        await onAsked();
        continue;
      }
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
