import type { AdapterConfiguration, TrainingConfiguration } from './schema';

/** A peak learning rate and, where it was chosen for the user, why. */
export interface ChosenLearningRate {
  readonly rate: number;
  /** A clause for people ("rotation wants about LoRA's rate …"); undefined when the configuration names the rate. */
  readonly reason?: string;
}

/**
 * The peak learning rate of a configuration. "auto" follows method and mode: under Adam a step moves every entry of a
 * shared ΔW by the rate, as in full fine-tuning, so sharing wants full fine-tuning's rate; rotation is block-diagonal
 * and bears more. Values from the recipes of the MoRA paper (arXiv 2405.12130, Table 5).
 */
export function chosenLearningRate(
  { learningRate }: Pick<TrainingConfiguration, 'learningRate'>,
  { method, mode }: Pick<AdapterConfiguration, 'method' | 'mode'>,
): ChosenLearningRate {
  if (learningRate !== 'auto') return { rate: learningRate };
  switch (method) {
    case 'mora':
      return mode === 'rotation'
        ? { rate: 3e-4, reason: 'rotation is block-diagonal and bears about the rate of LoRA' }
        : { rate: 5e-5, reason: 'sharing moves every entry of ΔW by the rate, so it wants that of full fine-tuning' };
    case 'lora':
      return { rate: 2e-4, reason: 'the usual rate of LoRA' };
    case 'full':
      return { rate: 2e-5, reason: 'the usual rate of full fine-tuning' };
  }
}
