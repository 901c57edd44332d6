import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { PackedBatch } from '../../../src/engine/data/packing';
import type { Program } from '../../../src/engine/graph/program';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel } from '../../../src/engine/models/loadedModel';
import type { Runtime } from '../../../src/engine/runtime/runtime';
import { ThreadedRuntime } from '../../../src/engine/runtime/threaded/threadedRuntime';
import { AdamW } from '../../../src/engine/training/adamW';
import { evaluate } from '../../../src/engine/training/evaluate';
import { microBatches } from '../../../src/engine/training/microBatches';
import { replicaCounts } from '../../../src/engine/training/replicaCount';
import { disposeReplicas, makeReplicas, sideBySide, type Replica } from '../../../src/engine/training/replicas';
import { trainStep, type StepResult } from '../../../src/engine/training/trainStep';
import { openModelFolder, type ModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';
import { seededRandom } from '../../support/seededRandom';

const folder = fileURLToPath(new URL('../../fixtures/oracle/llama', import.meta.url));

const random = seededRandom(3);
const examples = [5, 11, 7, 16, 3, 9, 12, 14].map((length, line) => {
  const tokens = Int32Array.from({ length }, () => 3 + Math.floor(random() * 90));
  return { source: 0, line, record: line, tokens, labels: tokens, truncated: false };
});
/** One row each, more than two replicas have turns. */
const batches = microBatches(examples, { rowLength: 16, maxRows: 1 });

describe('replicas side by side', () => {
  const threads = [new ThreadedRuntime({ threads: 1 }), new ThreadedRuntime({ threads: 1 })] as const;
  let weights: ModelFolder;
  beforeAll(async () => {
    weights = await openModelFolder(folder);
  });
  afterAll(async () => {
    for (const thread of threads) thread.close();
    await weights.close();
  });

  /** Three steps over a base in bytes, what an evaluation finds then, and the trained values. */
  async function trained(runtimes: readonly [Runtime, ...Runtime[]]) {
    const config = await readDecoderConfig(folder);
    const model = await loadModel(weights, config, runtimes[0], { context: 64, base: 'int8' });
    const initial = seededRandom(5);
    const adapters = new AdapterSet(
      decoderLinears(config).map((linear) => {
        const structure = moraStructure({ ...linear, rank: 2, type: 6 });
        const m = Float32Array.from({ length: structure.parameterCount }, () => 0.04 * (initial() - 0.5));
        return moduleAdapter(linear, structure, { M: m }, runtimes[0]);
      }),
    );
    const replicas = makeReplicas(runtimes, model, adapters);
    const optimizer = new AdamW(adapters.parameters, { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 });
    const trainer = { replicas, optimizer, clipNorm: 0 };
    const steps: StepResult[] = [];
    // The first changes nothing, so that what is compared is not how AdamW blows up what is lost in rounding.
    for (const [index, rate] of [0, 1e-2, 1e-2].entries()) {
      steps.push((await trainStep(trainer, batches, index + 1, rate))!);
    }
    const stopped = await trainStep(trainer, batches, 4, 1e-2, () => false);
    expect(stopped).toBeUndefined();
    const scores = await evaluate(replicas, batches);
    const values = adapters.parameters.map((tensor) => tensor.values.slice());
    await disposeReplicas(replicas);
    return { steps, scores: scores!, values };
  }

  it('train as one does, and the same each time, to the last bit', async () => {
    const one = await trained([runtime]);
    const both = await trained(threads);
    for (const [index, { loss, gradientNorm, updated }] of both.steps.entries()) {
      expect(updated).toBe(true);
      expect(loss).toBeCloseTo(one.steps[index]!.loss, 4);
      expect(gradientNorm / one.steps[index]!.gradientNorm).toBeCloseTo(1, 3);
    }
    // The same numbers added in another order.
    expect(both.steps[0]!.loss).toBeCloseTo(one.steps[0]!.loss, 6);
    expect(both.steps[0]!.gradientNorm / one.steps[0]!.gradientNorm).toBeCloseTo(1, 6);
    expect(both.scores.loss).toBeCloseTo(one.scores.loss, 4);
    expect(both.scores).toMatchObject({ examples: examples.length });
    expect(await trained(threads)).toEqual(both);
  });

  it('share the graphs of blocks, so that each is made and written once', async () => {
    const programs = [new Set<Program>(), new Set<Program>()] as const;
    const observed = programs.map((seen) => ({
      ...runtime,
      compile: (program: Program) => {
        if (program.outputs.has('y') || program.outputs.has('inputGradient')) seen.add(program);
        return runtime.compile(program);
      },
    }));
    await trained(observed as [Runtime, Runtime]);
    expect(programs[0].size).toBeGreaterThan(2);
    expect(programs[1]).toEqual(programs[0]);
    for (const program of programs[1]) expect(programs[0].has(program)).toBe(true);
  });

  it('are waited for, all of them, when one fails', async () => {
    const ended: number[] = [];
    const none = [1, 2, 3].map(() => ({}) as Replica);
    const working = sideBySide(none, async (_, index) => {
      if (index === 1) throw new Error('the second fails');
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push(index);
    });
    await expect(working).rejects.toThrow('the second fails');
    expect(ended).toEqual([0, 2]);
  });
});

describe('the number of replicas', () => {
  const bytes = { base: 'int8' } as const;

  it('shares the threads evenly, the most first', () => {
    expect(replicaCounts({ ...bytes, threads: 2, batchSize: 4, longest: 512 })).toEqual([2]);
    expect(replicaCounts({ ...bytes, threads: 12, batchSize: 8, longest: 512 })).toEqual([6, 4, 3, 2]);
  });

  it('is one where a step has no tokens for more, or there is one thread', () => {
    expect(replicaCounts({ ...bytes, threads: 8, batchSize: 1, longest: 4096 })).toEqual([]);
    expect(replicaCounts({ ...bytes, threads: 8, batchSize: 8, longest: 64 })).toEqual([]);
    expect(replicaCounts({ ...bytes, threads: 1, batchSize: 8, longest: 512 })).toEqual([]);
    expect(replicaCounts({ base: 'float32', threads: 8, batchSize: 8, longest: 512 })).toEqual([]);
  });

  it('is that of the micro-batches, or divides it, where there are rows enough', () => {
    const sizes = (replicas: number): number[] =>
      microBatches(examples, { rowLength: 16, maxRows: 4, replicas }).map(({ rows }: PackedBatch) => rows);
    expect(sizes(1)).toHaveLength(2);
    expect(sizes(3)).toHaveLength(3);
    expect(sizes(4)).toHaveLength(4);
    expect(sizes(16)).toEqual(sizes(16).map(() => 1));
  });
});
