import { expect, test } from 'vitest';
import { ExampleOrder, stepExamples, totalSteps } from '../../../src/engine/data/order';
import { permutation } from '../../../src/engine/data/random';

test.each([1, 2, 7, 100, 1000])('an epoch of %d examples takes each once', (count) => {
  const order = new ExampleOrder(count, 5);
  const epochs = 3;
  const taken = Array.from({ length: count * epochs }, (_, step) => order.stepExamples(step, 1)).flat();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const seen = taken.slice(epoch * count, (epoch + 1) * count);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
});

test('batches go on into the next epoch, whatever their size', () => {
  const one = Array.from({ length: 60 }, (_, step) => stepExamples(step, 1, 10, 2)).flat();
  for (const size of [3, 10, 15, 20]) {
    const batches = Array.from({ length: 60 / size }, (_, step) => stepExamples(step, size, 10, 2));
    expect(batches.every((batch) => batch.length === size)).toBe(true);
    expect(batches.flat()).toEqual(one);
  }
});

test('a step needs no history: resuming sees what an uninterrupted run sees', () => {
  const order = new ExampleOrder(50, 1);
  const run = Array.from({ length: 20 }, (_, step) => order.stepExamples(step, 8));
  expect(new ExampleOrder(50, 1).stepExamples(13, 8)).toEqual(run[13]);
});

test('epochs and seeds differ', () => {
  expect(stepExamples(0, 50, 50, 0)).not.toEqual(stepExamples(1, 50, 50, 0));
  expect(stepExamples(0, 50, 50, 0)).not.toEqual(stepExamples(0, 50, 50, 1));
  expect(permutation(50, 0, 'epoch')).not.toEqual(permutation(50, 0, 'validation'));
});

test('all orders of three are equally likely', () => {
  const counts = new Map<string, number>();
  const draws = 6000;
  for (let seed = 0; seed < draws; seed++) {
    const key = permutation(3, seed, 'epoch', 0).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // χ² with 5 degrees of freedom exceeds 20.5 once in a thousand.
  const expected = draws / 6;
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(counts.size).toBe(6);
  expect(chi2).toBeLessThan(20.5);
});

test('counts optimizer steps', () => {
  expect(totalSteps(1, 100, 10)).toBe(10);
  expect(totalSteps(1, 101, 10)).toBe(11);
  expect(totalSteps(0.5, 10, 16)).toBe(1);
  expect(totalSteps(0.0001, 10, 16)).toBe(1);
  expect(totalSteps(0.07, 100, 7)).toBe(1);
  expect(totalSteps(3, 8000, 16)).toBe(1500);
});

test('ordering nothing is a bug', () => {
  expect(() => new ExampleOrder(0, 1)).toThrow(RangeError);
});
