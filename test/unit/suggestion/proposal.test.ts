import { describe, expect, it } from 'vitest';
import { requireConfiguration } from '../../../src/config/parse';
import type { AdapterConfiguration } from '../../../src/config/schema';
import { propose } from '../../../src/engine/suggestion/proposal';
import type { WeightScore } from '../../../src/engine/suggestion/weightScores';

/** Two layers of q 64 → 64, down 256 → 64, v 64 → 16. */
const SIZES = { q_proj: [64, 64], down_proj: [256, 64], v_proj: [64, 16] } as const;

function scored(scores: Record<string, number>): WeightScore[] {
  return [0, 1].flatMap((layer) =>
    Object.entries(SIZES).map(([module, [dIn, dOut]]) => ({
      linear: { layer, module, name: `model.layers.${layer}.${module}`, dIn, dOut },
      weightNorm: 1,
      gradientNorm: scores[`${layer}.${module}`] ?? 0,
      score: scores[`${layer}.${module}`] ?? 0,
    })),
  );
}

const SCORES = scored({
  '0.q_proj': 1,
  '0.down_proj': 5,
  '0.v_proj': 3,
  '1.q_proj': 4,
  '1.down_proj': 0.5,
  '1.v_proj': 2,
});

function adapter(written: object): AdapterConfiguration {
  const document = { model: 'm', data: { train: 't' }, adapter: written };
  return requireConfiguration(JSON.stringify(document), 'a.mora.json').adapter;
}

const names = ({ linears }: ReturnType<typeof propose>) => linears.map(({ layer, module }) => `${layer}.${module}`);

describe('a proposal', () => {
  it('is the share of the modules with the highest scores, in the order of the model', () => {
    const half = propose(adapter({ method: 'lora' }), SCORES, { share: 0.5, budget: 10_000 });
    expect(names(half)).toEqual(['0.down_proj', '0.v_proj', '1.q_proj']);
    expect(names(propose(adapter({ method: 'lora' }), SCORES, { share: 1, budget: 10_000 }))).toHaveLength(6);
    expect(names(propose(adapter({ method: 'lora' }), SCORES, { share: 0.01, budget: 10_000 }))).toEqual([
      '0.down_proj',
    ]);
  });

  // LoRA takes rank · (320 + 80 + 128) = 528 · rank on that half.
  it.each([
    [5280, 10],
    [5280 + 263, 10],
    [5280 + 265, 11],
    [528, 1],
    [1e12, 65_536],
  ])('has of LoRA, for %i parameters, rank %i: the nearest', (budget, rank) => {
    const proposal = propose(adapter({ method: 'lora' }), SCORES, { share: 0.5, budget });
    expect(proposal.adapter.rank).toBe(rank);
    expect(proposal.parameters).toBe(528 * rank);
  });

  it('counts r̂² of MoRA, and stops at the last rank that every module can have', () => {
    // r̂ at rank 8: √(320·8) = 50.6 → 51, √(80·8) = 25.3 → 25, √(128·8) = 32.
    const sharing = adapter({ mode: 'sharing' });
    const proposal = propose(sharing, SCORES, { share: 0.5, budget: 51 ** 2 + 25 ** 2 + 32 ** 2 });
    expect(proposal).toMatchObject({ parameters: 4250, adapter: { rank: 8 } });
    // Sharing wraps its inputs once: r̂ ≤ 2·64 of q_proj, so (128 + ½)² = 16512.25 > 128·rank; v_proj and down_proj allow more.
    expect(propose(sharing, SCORES, { share: 0.5, budget: 1e12 }).adapter.rank).toBe(129);
  });

  it('keeps the scale of LoRA where its alpha is written', () => {
    const at = (written: object) =>
      propose(adapter({ method: 'lora', rank: 4, ...written }), SCORES, { share: 0.5, budget: 528 * 16 }).adapter;
    expect(at({ alpha: 6 })).toMatchObject({ rank: 16, alpha: 24 });
    expect(at({ alpha: 6, rankStabilised: true })).toMatchObject({ rank: 16, alpha: 12 });
    expect(at({})).toMatchObject({ rank: 16, alpha: null });
  });

  it('takes of full fine-tuning what the budget holds, best first', () => {
    const at = (budget: number) => propose(adapter({ method: 'full' }), SCORES, { share: 1, budget });
    expect(names(at(256 * 64 + 64 * 16))).toEqual(['0.down_proj', '0.v_proj']);
    expect(at(256 * 64 + 64 * 16).parameters).toBe(256 * 64 + 64 * 16);
    // Too little for the best one: the next that fits.
    expect(names(at(64 * 64))).toEqual(['1.q_proj']);
  });

  it('refuses a budget that holds nothing, and says what would', () => {
    expect(() => propose(adapter({ method: 'lora' }), SCORES, { share: 0.5, budget: 527 })).toThrow(
      /budget of 527 parameters is too small: 3 modules take 528 at rank 1/,
    );
    expect(() => propose(adapter({ method: 'full' }), SCORES, { share: 0.5, budget: 10 })).toThrow(
      /holds none of the suggested modules/,
    );
  });
});
