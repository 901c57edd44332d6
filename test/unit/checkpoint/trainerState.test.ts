import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOptimizer, writeOptimizer, type ParameterMoments } from '../../../src/engine/checkpoint/optimizerState';
import { readTrainerState, writeTrainerState } from '../../../src/engine/checkpoint/trainerState';
import { fingerprint } from '../../../src/engine/fingerprint';
import { temporaryFolder, values } from './adapters';

const FIRST_STATE = {
  step: 7,
  totalSteps: 10,
  seed: 3,
  trainExamples: 20,
  tokens: 1234,
  seconds: 1.5,
  configuration: 'abc',
};
const STATE = {
  ...FIRST_STATE,
  mergeSteps: [3, 6],
  best: { step: 5, loss: 1.25 },
  evaluationPending: true,
  patience: { lowest: 1.5, waited: 2 },
};

test('the state comes back as it was', async () => {
  const folder = await temporaryFolder();
  await writeTrainerState(folder, STATE);
  expect(await readTrainerState(folder)).toEqual(STATE);
});

test('a state of the first version is one without merges and evaluations', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'trainer_state.json'), JSON.stringify({ version: 1, ...FIRST_STATE }));
  expect(await readTrainerState(folder)).toEqual({
    ...FIRST_STATE,
    mergeSteps: [],
    best: null,
    evaluationPending: false,
    patience: { lowest: null, waited: 0 },
  });
});

test('a state that cannot be used says why', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'trainer_state.json');
  await expect(readTrainerState(folder)).rejects.toThrow(/trainer_state\.json: does not exist/);
  await writeFile(file, JSON.stringify({ ...STATE, version: 3 }));
  await expect(readTrainerState(folder)).rejects.toThrow(/is of version 3; resume with the MoRA Studio that wrote it/);
  await writeFile(file, JSON.stringify({ ...STATE, version: 1, step: -1 }));
  await expect(readTrainerState(folder)).rejects.toThrow(/"step" is missing or of the wrong kind/);
});

test('a fingerprint depends on values, not on the order of keys', () => {
  expect(fingerprint({ a: 1, b: [{ c: null, d: 'x' }] })).toBe(
    fingerprint({ b: [{ d: 'x', c: null }], a: 1, e: undefined }),
  );
  expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: '1' }));
});

function moments(names: readonly string[], from: number): ParameterMoments[] {
  return names.map((name, i) => ({
    name,
    shape: [2, 3],
    first: values(6, from + i),
    second: values(6, from + 50 + i),
  }));
}

test('the optimizer comes back as it was, into the arrays it lives in', async () => {
  const file = join(await temporaryFolder(), 'optimizer.safetensors');
  const saved = moments(['b', 'a'], 1);
  await writeOptimizer(file, saved);
  const restored = moments(['b', 'a'], 900);
  const { first } = restored[0]!;
  await readOptimizer(file, restored);
  expect(restored).toEqual(saved);
  expect(restored[0]!.first).toBe(first);
});

test('an optimizer of other parameters is refused, and nothing is changed', async () => {
  const file = join(await temporaryFolder(), 'optimizer.safetensors');
  await writeOptimizer(file, moments(['a', 'b'], 1));
  const others = [
    moments(['a'], 9),
    moments(['a', 'b', 'c'], 9),
    moments(['a', 'c'], 9),
    [{ ...moments(['a', 'b'], 9)[0]!, shape: [3, 2] }, moments(['a', 'b'], 9)[1]!],
  ];
  for (const other of others) {
    await expect(readOptimizer(file, other)).rejects.toThrow(/is not the optimizer state of this adapter; resume with/);
    expect(other[0]!.first).toEqual(values(6, 9));
  }
});
