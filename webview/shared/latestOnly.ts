/** Does one piece of work at a time; of those that come meanwhile only the last is done. For questions asked at every mouse move. */
export class LatestOnly {
  private next: (() => Promise<void>) | undefined;
  private busy = false;

  /** @param work must not reject */
  run(work: () => Promise<void>): void {
    this.next = work;
    if (!this.busy) void this.drain();
  }

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.next !== undefined) {
      const work = this.next;
      this.next = undefined;
      await work();
    }
    this.busy = false;
  }
}
