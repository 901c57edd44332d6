import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { uniformNumbers } from '../../../src/engine/data/random';
import { chooseToken, filterLogits, type Sampling } from '../../../src/engine/inference/sampling';

interface Case {
  readonly sampling: Sampling;
  readonly occurred: readonly number[];
  readonly logits: readonly number[];
  /** null for −∞. */
  readonly after: readonly (number | null)[];
}

const file = join(import.meta.dirname, '../../fixtures/sampling/sampling.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

describe('logits become what the processors of transformers make of them', () => {
  it.each(cases.map((given) => [JSON.stringify(given.sampling), given] as const))('%s', (_name, given) => {
    const logits = Float32Array.from(given.logits);
    filterLogits(logits, given.occurred, given.sampling);
    given.after.forEach((expected, token) => {
      if (expected === null) expect(logits[token]).toBe(-Infinity);
      else expect(logits[token]).toBeCloseTo(expected, 5);
    });
    expect(given.after).toHaveLength(logits.length);
  });

  it('without temperature the likeliest token is taken, after the penalty', () => {
    const logits = Float32Array.of(1, 3, 2.5, -1);
    expect(chooseToken(logits, { temperature: 0 }, Math.random)).toBe(1);
    filterLogits(logits, [1, 1], { temperature: 0, repetitionPenalty: 1.5, topK: 1 });
    expect(logits).toEqual(Float32Array.of(1, 2, 2.5, -1));
    expect(chooseToken(logits, { temperature: 0 }, Math.random)).toBe(2);
  });
});

describe('draws', () => {
  const probabilities = [0.5, 0, 0.3, 0.2];
  const logits = (): Float32Array => Float32Array.from(probabilities, (p) => Math.log(p));

  it('have the probabilities of the softmax, and none that was left out', () => {
    const random = uniformNumbers(1, 'generation');
    const counts = [0, 0, 0, 0];
    const draws = 20_000;
    for (let i = 0; i < draws; i++) counts[chooseToken(logits(), { temperature: 1 }, random)]!++;
    // Four standard deviations of a share.
    counts.forEach((count, token) => expect(Math.abs(count / draws - probabilities[token]!)).toBeLessThan(0.0142));
    expect(counts[1]).toBe(0);
  });

  it('never miss, however near to 1 the random number is', () => {
    expect(chooseToken(logits(), { temperature: 1 }, () => 1 - 2 ** -53)).toBe(3);
    expect(chooseToken(logits(), { temperature: 1 }, () => 0)).toBe(0);
  });
});
