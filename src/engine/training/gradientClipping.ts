import type { TrainableTensor } from '../adapters/adapterSet';

/** Added to the norm before dividing, as PyTorch's clip_grad_norm_ does. */
const NORM_EPSILON = 1e-6;

/** Global L2 norm of all gradients together. */
export function gradientNorm(parameters: readonly TrainableTensor[]): number {
  let squares = 0;
  for (const { gradient } of parameters) {
    for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) * (gradient[i] as number);
  }
  return Math.sqrt(squares);
}

/** Factor that brings a gradient of this norm down to `clipNorm`; 1 when it is below, or when clipNorm is 0. */
export function clipScale(norm: number, clipNorm: number): number {
  return clipNorm === 0 ? 1 : Math.min(1, clipNorm / (norm + NORM_EPSILON));
}
