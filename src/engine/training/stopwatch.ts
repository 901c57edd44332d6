/** Seconds of training, pauses left out, on from those of earlier sittings. */
export class Stopwatch {
  private began: number | undefined;
  private sitting = 0;

  constructor(private readonly before: number) {}

  get running(): boolean {
    return this.began !== undefined;
  }

  start(): void {
    this.began ??= performance.now();
  }

  stop(): void {
    this.sitting = this.sinceStart;
    this.began = undefined;
  }

  /** Of this sitting. */
  get sinceStart(): number {
    return this.sitting + (this.began === undefined ? 0 : (performance.now() - this.began) / 1000);
  }

  /** Of all sittings. */
  get seconds(): number {
    return this.before + this.sinceStart;
  }
}
