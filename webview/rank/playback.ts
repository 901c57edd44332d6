/** Slow enough to see one map turn into the next; slower for who wants little to move. */
const PLAY_EVERY_MS = 500;
const CALM_EVERY_MS = 1500;

/** Shows one step after another, up to the last. */
export class Playback {
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param show gets a step, and at last null: the newest, whichever that is by then
   * @param onChange hears of beginning and end
   */
  constructor(
    private readonly show: (step: number | null) => void,
    private readonly onChange: () => void,
    private readonly wantsCalm: () => boolean = () => false,
  ) {}

  get isPlaying(): boolean {
    return this.timer !== undefined;
  }

  /** Begins at `step`, or at the first when that is the last. */
  start(steps: readonly number[], step: number): void {
    let index = step === steps.at(-1) ? 0 : steps.indexOf(step);
    this.show(steps[index] ?? null);
    this.timer = setInterval(
      () => {
        index++;
        const isLast = index >= steps.length - 1;
        if (isLast) this.stop();
        this.show(isLast ? null : (steps[index] ?? null));
      },
      this.wantsCalm() ? CALM_EVERY_MS : PLAY_EVERY_MS,
    );
    this.onChange();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.onChange();
  }
}
