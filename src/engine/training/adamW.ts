import type { TrainableParameter, TrainableTensor } from '../adapters/adapterSet';

export interface AdamWOptions {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  /** Decoupled: values shrink by their learning rate · weightDecay a step. */
  readonly weightDecay: number;
  /** Learning rate of B of LoRA over that of everything else (Hayou et al. 2024, LoRA+); 1 unless told. */
  readonly learningRateRatio?: number;
}

/** Running means of one parameter's gradient and its square, element by element. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** The step after which they began at 0; their bias is corrected by the steps since. */
  since: number;
}

/**
 * AdamW (Loshchilov & Hutter 2019, Algorithm 2), element by element in the order of PyTorch's reference:
 *   θ ← θ (1 − ηλ);  m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;
 *   θ ← θ − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
 */
export class AdamW {
  readonly moments: ReadonlyMap<string, Moments>;

  constructor(
    private readonly parameters: readonly TrainableTensor[],
    private readonly options: AdamWOptions,
  ) {
    this.moments = new Map(
      parameters.map(({ name, values }) => [
        name,
        { first: new Float32Array(values.length), second: new Float32Array(values.length), since: 0 },
      ]),
    );
  }

  /** One update. `step` counts from 1; gradients are multiplied by `gradientScale` first (clipping). */
  update(step: number, learningRate: number, gradientScale: number): void {
    const [beta1, beta2] = this.options.betas;
    const { epsilon, weightDecay, learningRateRatio = 1 } = this.options;
    for (const tensor of this.parameters) {
      const { name, values, gradient } = tensor;
      const moments = this.moments.get(name);
      if (moments === undefined) continue;
      const { first, second, since } = moments;
      const rate = isB(tensor) ? learningRateRatio * learningRate : learningRate;
      const shrink = 1 - rate * weightDecay;
      const stride = rate / (1 - beta1 ** (step - since));
      const secondScale = 1 / Math.sqrt(1 - beta2 ** (step - since));
      for (let i = 0; i < values.length; i++) {
        const g = (gradient[i] as number) * gradientScale;
        const m = beta1 * (first[i] as number) + (1 - beta1) * g;
        const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        values[i] = (values[i] as number) * shrink - (stride * m) / (Math.sqrt(v) * secondScale + epsilon);
      }
    }
  }

  /** Forgets the gradients of some parameters after `step` steps, as if they began then; the others keep theirs. */
  reset(parameters: readonly TrainableTensor[], step: number): void {
    for (const { name } of parameters) {
      const moments = this.moments.get(name);
      if (moments === undefined) throw new Error(`the optimizer does not know ${name}`);
      moments.first.fill(0);
      moments.second.fill(0);
      moments.since = step;
    }
  }
}

function isB(tensor: TrainableTensor | TrainableParameter): boolean {
  return 'parameter' in tensor && tensor.parameter === 'B';
}
