import type { Disposable } from 'vscode';

/** Runs an action once calls have ceased for a while. */
export class Debounced implements Disposable {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly action: () => void,
    private readonly quietMs: number,
  ) {}

  call(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.action, this.quietMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
