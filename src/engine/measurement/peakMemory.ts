/** Often enough to see what a program holds while it runs; a reading takes microseconds. */
const INTERVAL_MS = 50;

/**
 * Watches the resident memory of this process from now on. The system's own high-water mark would tell of what the
 * process held before, and on Linux even of the process that started it.
 */
export class PeakMemory {
  private highest = process.memoryUsage.rss();
  private readonly timer = setInterval(() => this.read(), INTERVAL_MS);

  /** Bytes at the highest so far. */
  read(): number {
    this.highest = Math.max(this.highest, process.memoryUsage.rss());
    return this.highest;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
