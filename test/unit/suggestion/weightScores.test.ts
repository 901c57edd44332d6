import { describe, expect, it } from 'vitest';
import { ScoreSums } from '../../../src/engine/suggestion/weightScores';

const linears = ['q_proj', 'k_proj'].map((module) => ({ layer: 0, module, name: module, dIn: 2, dOut: 2 }));
const norms = (q: number, k: number) => [
  { layer: 0, module: 'q_proj', weight: 4, gradient: q },
  { layer: 0, module: 'k_proj', weight: 0, gradient: k },
];

describe('the scores over batches', () => {
  it('are roots of mean squares, each batch counting as its supervised tokens, over the norm of the weight', () => {
    const sums = new ScoreSums();
    sums.add(norms(9, 1), 10);
    sums.add(norms(1, 1), 30);
    // (10·9 + 30·1) / 40 = 3
    const [q, k] = sums.scores(linears);
    expect(q!.gradientNorm).toBeCloseTo(Math.sqrt(3), 12);
    expect(q!.weightNorm).toBe(2);
    expect(q!.score).toBeCloseTo(Math.sqrt(3) / 2, 12);
    expect(k).toMatchObject({ gradientNorm: 1, score: 0 });
  });

  it('are not given for what was not measured', () => {
    expect(() => new ScoreSums().scores(linears)).toThrow(/q_proj/);
  });
});
