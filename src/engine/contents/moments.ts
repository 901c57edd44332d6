import type { ExtremeValue } from '../rpc/contents';

/** Exponents of float64: 2^-1074 ≤ |x| < 2^1024. */
const LOWEST = -1074;
const EXPONENTS = 1024 - LOWEST;

/** A float64 and its upper half, where its exponent is; Node runs on little-endian machines wherever our runtimes do. */
const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/**
 * What a pass over values gathers. Mean and variance are merged piece by piece (Chan, Golub, LeVeque 1979): a sum of
 * squares minus a square of sums would lose a small deviation beside a large mean.
 */
export class Moments {
  count = 0;
  finite = 0;
  zeros = 0;
  nan = 0;
  infinite = 0;
  firstNotFinite: number | null = null;
  least: ExtremeValue | null = null;
  greatest: ExtremeValue | null = null;
  private mean_ = 0;
  /** Sum of squared deviations from the mean. */
  private deviation = 0;
  private squares = 0;
  private readonly exponents = new Float64Array(EXPONENTS);

  /** @param first place of the first value in the tensor */
  add(values: Float64Array, first: number): void {
    let sum = 0;
    let finite = 0;
    let low = Infinity;
    let lowAt = -1;
    let high = -Infinity;
    let highAt = -1;
    let zeros = 0;
    const { exponents } = this;
    for (let i = 0; i < values.length; i++) {
      const x = values[i] as number;
      if (x - x !== 0) {
        this.firstNotFinite ??= first + i;
        if (x !== x) this.nan++;
        else this.infinite++;
        continue;
      }
      finite++;
      sum += x;
      if (x < low) {
        low = x;
        lowAt = i;
      }
      if (x > high) {
        high = x;
        highAt = i;
      }
      if (x === 0) zeros++;
      else {
        const place = exponentOf(x) - LOWEST;
        exponents[place] = (exponents[place] as number) + 1;
      }
    }
    this.zeros += zeros;
    this.count += values.length;
    if (finite === 0) return;
    if (this.least === null || low < this.least.value) this.least = { value: low, index: first + lowAt };
    if (this.greatest === null || high > this.greatest.value) this.greatest = { value: high, index: first + highAt };
    this.merge(values, finite, sum / finite);
  }

  get mean(): number | null {
    return this.finite === 0 ? null : finite(this.mean_);
  }

  /** Over the number of values, not one less. */
  get standardDeviation(): number | null {
    return this.finite === 0 ? null : finite(Math.sqrt(this.deviation / this.finite));
  }

  get norm(): number | null {
    return finite(Math.sqrt(this.squares));
  }

  /** How many values have 2^(first + i) ≤ |x| < 2^(first + i + 1); null where all are zero. */
  get magnitudes(): { first: number; counts: number[] } | null {
    const first = this.exponents.findIndex((count) => count > 0);
    if (first < 0) return null;
    const last = this.exponents.findLastIndex((count) => count > 0);
    return { first: first + LOWEST, counts: [...this.exponents.subarray(first, last + 1)] };
  }

  private merge(values: Float64Array, finite: number, mean: number): void {
    let deviation = 0;
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const x = values[i] as number;
      if (x - x !== 0) continue;
      deviation += (x - mean) * (x - mean);
      squares += x * x;
    }
    const total = this.finite + finite;
    const gap = mean - this.mean_;
    this.deviation += deviation + (gap * gap * this.finite * finite) / total;
    this.mean_ += (gap * finite) / total;
    this.finite = total;
    this.squares += squares;
  }
}

/** k of 2^k ≤ |x| < 2^(k + 1), for a finite x other than zero. */
function exponentOf(x: number): number {
  float[0] = x;
  const biased = ((halves[1] as number) >>> 20) & 0x7ff;
  // A subnormal's exponent is that of its highest bit.
  return biased === 0 ? Math.floor(Math.log2(Math.abs(x))) : biased - 1023;
}

/** Sums of the largest float64 overflow. */
function finite(figure: number): number | null {
  return Number.isFinite(figure) ? figure : null;
}
