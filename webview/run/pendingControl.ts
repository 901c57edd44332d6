import type { Control } from '../../src/host/protocol/runPanel';

/** A control that has not shown in the state by then was lost. */
const PENDING_MS = 8000;

/** What was asked of the run and does not show in its state yet. */
export class PendingControl {
  private pending: Control | null = null;

  constructor(private readonly onChange: () => void) {}

  get control(): Control | null {
    return this.pending;
  }

  begin(control: Control): void {
    this.pending = control;
    this.onChange();
  }

  /** The run has taken it. Saving and sampling leave the state as it is; the others show in it. */
  accepted(control: Control): void {
    if (control === 'save' || control === 'sample') this.end();
    else setTimeout(() => this.pending === control && this.end(), PENDING_MS);
  }

  end(): void {
    this.pending = null;
    this.onChange();
  }
}
