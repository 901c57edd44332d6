import type { AdapterConfiguration, TrainingConfiguration } from './schema';

/** A peak learning rate and, where it was chosen for the user, why. */
export interface ChosenLearningRate {
  readonly rate: number;
  /** A clause for people ("rotation wants about LoRA's rate …"); undefined when the configuration names the rate. */
  readonly reason?: string;
}

interface RelevantAdapter extends Pick<AdapterConfiguration, 'method' | 'mode'> {
  readonly normalized?: boolean;
  readonly rankStabilised?: boolean;
  readonly alsoTrain?: AdapterConfiguration['alsoTrain'];
}

interface RelevantTraining extends Pick<TrainingConfiguration, 'learningRate'> {
  readonly learningRateRatio?: number;
}

/** Random weights are to be moved far: the rate of the paper's pretraining (§5.3). */
const FROM_RANDOM_WEIGHTS = 5e-4;
/** Embeddings and head are trained entry by entry; at more than this they forget faster than they learn. */
const WITH_TABLES = 1e-4;

/**
 * The peak learning rate of a configuration. "auto" follows what is trained: under Adam a step moves every entry of a
 * shared ΔW by the rate, as in full fine-tuning, so sharing wants full fine-tuning's rate; rotation is block-diagonal
 * and bears more. Values from the recipes of the MoRA paper (arXiv 2405.12130, Table 5) where it has them. With LoRA+ the
 * rate is that of A. `randomWeights` says that the model starts from nothing.
 */
export function chosenLearningRate(
  { learningRate, learningRateRatio = 1 }: RelevantTraining,
  adapter: RelevantAdapter,
  randomWeights = false,
): ChosenLearningRate {
  if (learningRate !== 'auto') return { rate: learningRate };
  if (randomWeights)
    return { rate: FROM_RANDOM_WEIGHTS, reason: 'weights that start at random want that of pretraining' };
  const chosen = byMethod(adapter, learningRateRatio);
  const tables = (adapter.alsoTrain ?? []).filter((part) => part !== 'norms');
  if (tables.length === 0 || chosen.rate <= WITH_TABLES) return chosen;
  return {
    rate: WITH_TABLES,
    reason: `${tables.join(' and ')} are trained in full beside the adapter and bear no more`,
  };
}

function byMethod(adapter: RelevantAdapter, learningRateRatio: number): Required<ChosenLearningRate> {
  switch (adapter.method) {
    case 'mora':
      return ofMora(adapter);
    case 'lora':
      return ofLora(adapter, learningRateRatio);
    case 'full':
      return { rate: 2e-5, reason: 'the usual rate of full fine-tuning' };
  }
}

function ofMora({ mode, normalized = false }: RelevantAdapter): Required<ChosenLearningRate> {
  if (mode === 'rotation') {
    return { rate: 3e-4, reason: 'rotation is block-diagonal and bears about the rate of LoRA' };
  }
  return normalized
    ? {
        rate: 3e-4,
        reason:
          'normalized, ΔW has the singular values of the matrix that is trained, and bears more than by sharing as it is',
      }
    : { rate: 5e-5, reason: 'sharing moves every entry of ΔW by the rate, so it wants that of full fine-tuning' };
}

/**
 * rsLoRA scales by α/√r, √8 times α/r at rank 8, and is meant to bear one rate at every rank: LoRA's at rank 8 over √8.
 * In LoRA+ ΔW moves first with B, whose rate is `ratio` times that of A: over √ratio both share the difference.
 */
function ofLora({ rankStabilised = false }: RelevantAdapter, ratio: number): Required<ChosenLearningRate> {
  const usual = rankStabilised
    ? { rate: 7e-5, reason: 'the usual rate of LoRA at rank 8, whose scale is smaller by √8' }
    : { rate: 2e-4, reason: 'the usual rate of LoRA' };
  if (ratio === 1) return usual;
  const rate = Number((usual.rate / Math.sqrt(ratio)).toPrecision(2));
  return { rate, reason: `${usual.reason}, over √${ratio} because B learns ${ratio} times as fast` };
}
