/** Enough to see a shape, few enough for a table. */
const BINS = 64;

/** Counts of finite values in BINS equal intervals from `least` to `greatest`; the last one includes its end. */
export class Histogram {
  readonly counts = new Float64Array(BINS);

  constructor(
    private readonly least: number,
    private readonly greatest: number,
  ) {}

  add(values: Float64Array): void {
    // Halves: the difference of the largest float64 and its negative would overflow.
    const from = this.least / 2;
    const scale = BINS / (this.greatest / 2 - from);
    const last = BINS - 1;
    const { counts } = this;
    for (let i = 0; i < values.length; i++) {
      const x = values[i] as number;
      if (x - x !== 0) continue;
      const bin = scale === Infinity ? 0 : Math.min(last, Math.max(0, Math.floor((x / 2 - from) * scale)));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
}
