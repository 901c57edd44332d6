import type { LinearLayer } from '../../config/targets';
import type { WeightNorms } from '../models/decoderPass';

/** How strongly the loss asks one frozen weight to change. */
export interface WeightScore {
  readonly linear: LinearLayer;
  /** ‖W‖_F */
  readonly weightNorm: number;
  /** ‖∂L/∂W‖_F over the batches, as {@link ScoreSums} accumulates it. */
  readonly gradientNorm: number;
  /** ‖∂L/∂W‖_F / ‖W‖_F */
  readonly score: number;
}

/**
 * Accumulates over batches b the squared norm of each weight's gradient:
 *
 *     ‖∂L/∂W‖² ≈ Σ_b n_b ‖∂L_b/∂W‖² / Σ_b n_b,
 *
 * L_b the mean loss of the n_b supervised tokens of batch b. This is the mean of squares, not the square of the mean
 * gradient: that would need the gradients of the whole model at once. With G the gradient of all data and Σ the
 * covariance of a single example's, the mean of squares over batches of B examples is ‖G‖² + tr Σ / B in expectation,
 * so a batch of many examples is close to G; docs/results/suggest.md has both side by side.
 */
export class ScoreSums {
  private readonly sums = new Map<string, { gradient: number; weight: number }>();
  private tokens = 0;

  add(norms: readonly WeightNorms[], supervised: number): void {
    this.tokens += supervised;
    for (const { layer, module, gradient, weight } of norms) {
      const key = `${layer} ${module}`;
      const before = this.sums.get(key)?.gradient ?? 0;
      this.sums.set(key, { gradient: before + supervised * gradient, weight });
    }
  }

  /** One for each linear layer, in the order of `linears`. Throws where a layer was not measured. */
  scores(linears: readonly LinearLayer[]): WeightScore[] {
    return linears.map((linear) => {
      const sum = this.sums.get(`${linear.layer} ${linear.module}`);
      if (sum === undefined) throw new Error(`${linear.name} was not measured`);
      const gradientNorm = Math.sqrt(sum.gradient / this.tokens);
      const weightNorm = Math.sqrt(sum.weight);
      // A weight of nothing but zeros stays at score 0: no change is relative to it.
      return { linear, weightNorm, gradientNorm, score: weightNorm > 0 ? gradientNorm / weightNorm : 0 };
    });
  }
}
