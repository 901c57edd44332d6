import { describe, expect, it } from 'vitest';
import { afterEvaluation, patienceIsOver, type EvaluationHistory } from '../../../src/engine/training/bestLoss';

const START: EvaluationHistory = { best: null, patience: { lowest: null, waited: 0 } };
const stopping = (patience: number, minimumGain = 0) => ({ keepBest: true, earlyStopping: { patience, minimumGain } });

/** The history after evaluations at steps 10, 20, … */
function after(losses: readonly number[], options: Parameters<typeof afterEvaluation>[2]): EvaluationHistory {
  return losses.reduce((history, loss, i) => afterEvaluation(history, { step: 10 * (i + 1), loss }, options), START);
}

describe('the history of evaluations', () => {
  it('knows the lowest loss and its step, the first of equal ones', () => {
    expect(after([3, 2, 2.5, 2], stopping(9)).best).toEqual({ step: 20, loss: 2 });
  });

  it('counts the evaluations since the loss last fell', () => {
    const waited = [[3], [3, 2], [3, 2, 2.5], [3, 2, 2.5, 2], [3, 2, 2.5, 2, 1.9]].map(
      (losses) => after(losses, stopping(3)).patience.waited,
    );
    expect(waited).toEqual([0, 0, 1, 2, 0]);
    expect(patienceIsOver(after([3, 2, 2.5, 2], stopping(3)), stopping(3))).toBe(false);
    expect(patienceIsOver(after([3, 2, 2.5, 2, 2.1], stopping(3)), stopping(3))).toBe(true);
  });

  it('does not count a fall smaller than the gain asked for, though it keeps its checkpoint', () => {
    const options = stopping(2, 0.1);
    const history = after([3, 2.95, 2.91], options);
    expect(history).toEqual({ best: { step: 30, loss: 2.91 }, patience: { lowest: 3, waited: 2 } });
    expect(patienceIsOver(history, options)).toBe(true);
    expect(after([3, 2.95, 2.89], options).patience).toEqual({ lowest: 2.89, waited: 0 });
  });

  it('takes a loss that is not a number for no gain', () => {
    const history = after([NaN, 3, NaN], stopping(9));
    expect(history).toEqual({ best: { step: 20, loss: 3 }, patience: { lowest: 3, waited: 1 } });
  });

  it('keeps no best where that is not wanted, and never runs out of patience where none is set', () => {
    const never = { keepBest: false, earlyStopping: null };
    const history = after([1, 2, 3, 4, 5, 6], never);
    expect(history.best).toBeNull();
    expect(patienceIsOver(history, never)).toBe(false);
  });
});
