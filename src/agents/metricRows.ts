import type { StepMetric } from '../run/metrics';

/** What some consecutive steps have in common. Figures that are not finite are left out, and counted. */
export interface MetricRow {
  readonly from: number;
  readonly to: number;
  /** Means over the steps; null where no step has the figure. */
  readonly loss: number | null;
  readonly tokensPerSecond: number | null;
  readonly leastLoss: number | null;
  readonly greatestLoss: number | null;
  readonly greatestGradNorm: number | null;
  /** Of the last step. */
  readonly learningRate: number;
  /** Steps whose loss is no number. */
  readonly notFinite: number;
}

interface Gathered {
  from: number;
  to: number;
  steps: number;
  lossSum: number;
  losses: number;
  speedSum: number;
  speeds: number;
  leastLoss: number;
  greatestLoss: number;
  greatestGradNorm: number;
  learningRate: number;
}

/**
 * Any number of steps as at most `limit` rows, in one pass and in memory for that many: when they are full, each two
 * become one, and every row from then on covers twice as many steps.
 */
export class MetricRows {
  private readonly gathered: Gathered[] = [];
  private width = 1;

  constructor(private readonly limit: number) {}

  /** How many steps a row covers; the last may cover fewer. */
  get stepsPerRow(): number {
    return this.width;
  }

  /** Takes the next step in; one that is not later than the last is passed over. */
  add({ step, loss, gradNorm, learningRate, tokensPerSecond }: StepMetric): void {
    const last = this.gathered.at(-1);
    if (last !== undefined && step <= last.to) return;
    const single: Gathered = {
      from: step,
      to: step,
      steps: 1,
      lossSum: loss ?? 0,
      losses: loss === null ? 0 : 1,
      speedSum: tokensPerSecond ?? 0,
      speeds: tokensPerSecond === null ? 0 : 1,
      leastLoss: loss ?? Infinity,
      greatestLoss: loss ?? -Infinity,
      greatestGradNorm: gradNorm ?? -Infinity,
      learningRate,
    };
    if (last !== undefined && last.steps < this.width) join(last, single);
    else if (this.gathered.push(single) > this.limit) this.halve();
  }

  rows(): MetricRow[] {
    return this.gathered.map((row) => ({
      from: row.from,
      to: row.to,
      loss: row.losses === 0 ? null : row.lossSum / row.losses,
      tokensPerSecond: row.speeds === 0 ? null : row.speedSum / row.speeds,
      leastLoss: finite(row.leastLoss),
      greatestLoss: finite(row.greatestLoss),
      greatestGradNorm: finite(row.greatestGradNorm),
      learningRate: row.learningRate,
      notFinite: row.steps - row.losses,
    }));
  }

  private halve(): void {
    this.width *= 2;
    for (let index = 0; index + 1 < this.gathered.length; index++) {
      const [next] = this.gathered.splice(index + 1, 1);
      const row = this.gathered[index];
      if (row !== undefined && next !== undefined) join(row, next);
    }
  }
}

function join(row: Gathered, next: Gathered): void {
  row.to = next.to;
  row.steps += next.steps;
  row.lossSum += next.lossSum;
  row.losses += next.losses;
  row.speedSum += next.speedSum;
  row.speeds += next.speeds;
  row.leastLoss = Math.min(row.leastLoss, next.leastLoss);
  row.greatestLoss = Math.max(row.greatestLoss, next.greatestLoss);
  row.greatestGradNorm = Math.max(row.greatestGradNorm, next.greatestGradNorm);
  row.learningRate = next.learningRate;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
