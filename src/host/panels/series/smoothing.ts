import type { Column } from './column';
import { Series } from './series';

/**
 * Exponential moving average mₜ = w·mₜ₋₁ + (1 − w)·vₜ with the bias of m₀ = 0 divided out, mₜ / (1 − wᵗ)
 * (Kingma & Ba 2015, "Adam", section 3; TensorBoard's smoothing). A NaN passes through and is not averaged in.
 */
export class MovingAverage {
  private mean = 0;
  private count = 0;

  /** @param weight w, in [0, 1) */
  constructor(private readonly weight: number) {}

  next(value: number): number {
    if (!Number.isFinite(value)) return NaN;
    this.mean = this.weight * this.mean + (1 - this.weight) * value;
    this.count++;
    return this.mean / (1 - this.weight ** this.count);
  }
}

/** The moving average of a growing series, as a series of its own. */
export class SmoothedSeries {
  private readonly series = new Series();
  private readonly average: MovingAverage;

  constructor(
    private readonly source: Pick<Column, 'length' | 'at'>,
    readonly weight: number,
  ) {
    this.average = new MovingAverage(weight);
  }

  /** The average of everything that the source holds by now. */
  current(): Series {
    for (let index = this.series.values.length; index < this.source.length; index++) {
      this.series.push(this.average.next(this.source.at(index)));
    }
    return this.series;
  }
}
