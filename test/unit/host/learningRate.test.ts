import { expect, test } from 'vitest';
import { chosenLearningRate } from '../../../src/config/learningRate';

const mora = { method: 'mora', mode: 'rotation' } as const;
const lora = { method: 'lora', mode: 'rotation' } as const;
const auto = { learningRate: 'auto' } as const;

test('a rate that the configuration names is taken without a word', () => {
  expect(chosenLearningRate({ learningRate: 0.5 }, mora)).toEqual({ rate: 0.5 });
});

// The recipes of the MoRA paper, Table 5: rotation 2e-4 to 5e-4, sharing 3e-5 to 7e-5, LoRA 1e-4 to 4e-4, full 2e-5 to 3e-5.
test.each([
  ['rotation', mora, 3e-4],
  ['sharing', { method: 'mora', mode: 'sharing-blocks' } as const, 5e-5],
  ['LoRA', lora, 2e-4],
  ['full fine-tuning', { method: 'full', mode: 'rotation' } as const, 2e-5],
])('auto takes the rate of the published recipes for %s, and says why', (_, adapter, rate) => {
  const chosen = chosenLearningRate(auto, adapter);
  expect(chosen.rate).toBe(rate);
  expect(chosen.reason).toMatch(/\w/);
});

test('normalized sharing takes the rate of rotation: of both ΔW has the singular values of the trained matrix', () => {
  expect(chosenLearningRate(auto, { method: 'mora', mode: 'sharing', normalized: true }).rate).toBe(3e-4);
  expect(chosenLearningRate(auto, { ...mora, normalized: true }).rate).toBe(3e-4);
});

test('rank-stabilised LoRA at rank 8 moves ΔW as fast as LoRA does', () => {
  const plain = chosenLearningRate(auto, lora).rate * (16 / 8);
  const stabilised = chosenLearningRate(auto, { ...lora, rankStabilised: true }).rate * (16 / Math.sqrt(8));
  expect(stabilised / plain).toBeCloseTo(1, 1);
});

test('LoRA+ puts the rates of A and B on both sides of the usual one', () => {
  const { rate, reason } = chosenLearningRate({ ...auto, learningRateRatio: 16 }, lora);
  expect([rate, 16 * rate]).toEqual([5e-5, 8e-4]);
  expect(reason).toContain('16 times');
});

test('embeddings and head in full bear less; norms change nothing', () => {
  expect(chosenLearningRate(auto, { ...mora, alsoTrain: ['norms'] })).toEqual(chosenLearningRate(auto, mora));
  expect(chosenLearningRate(auto, { ...mora, alsoTrain: ['embeddings', 'norms'] }).rate).toBe(1e-4);
  expect(chosenLearningRate(auto, { method: 'mora', mode: 'sharing', alsoTrain: ['head'] }).rate).toBe(5e-5);
});

test('random weights are trained at the rate of pretraining', () => {
  expect(chosenLearningRate(auto, { ...mora, alsoTrain: ['embeddings'] }, true).rate).toBe(5e-4);
});
