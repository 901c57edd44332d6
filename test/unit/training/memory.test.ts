import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import type { BaseFormat } from '../../../src/engine/adapters/frozenWeight';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import {
  blockTensors,
  decoderLinears,
  EMBEDDING,
  HEAD,
  parameterCount,
  type DecoderConfig,
} from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { quantiseHead, headOfArrays } from '../../../src/engine/models/head/quantiseHead';
import { FROZEN_HEAD } from '../../../src/engine/models/head/headParts';
import { loadModel } from '../../../src/engine/models/loadedModel';
import { StoredTable } from '../../../src/engine/models/storedTable';
import { AdamW } from '../../../src/engine/training/adamW';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { planMemory, requireFit } from '../../../src/engine/training/memory';
import type { MemoryNeeds } from '../../../src/engine/training/memoryCandidate';
import { trainStep } from '../../../src/engine/training/trainStep';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { openScratchFile } from '../../../src/engine/weights/scratchFile';
import { runtime } from '../../support/evaluateGraph';
import { oracleBatch } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';
import { rowsOf } from '../../support/rowsOf';
import { seededRandom } from '../../support/seededRandom';

const folder = fileURLToPath(new URL('../../fixtures/oracle/llama', import.meta.url));
const MIB = 2 ** 20;

interface Held {
  readonly blocks: 'memory' | 'disk';
  readonly base?: BaseFormat;
  readonly keptLayers?: number;
  /** Whether an embedding that stays in its file is read into memory. */
  readonly readsEmbedding?: boolean;
}

/** Losses and gradient norms of three steps, over merged changes where asked, with the blocks' weights in memory or on disk. */
async function losses({ blocks, base, keptLayers, readsEmbedding }: Held, merged = false): Promise<number[]> {
  const weights = await openModelFolder(folder);
  const config = await readDecoderConfig(folder);
  const scratchFolder = await mkdtemp(join(tmpdir(), 'mora-scratch-'));
  const file = await openScratchFile(scratchFolder);
  expect(await readdir(scratchFolder)).toEqual([]);
  const offloaded = blocks === 'disk' && base === 'int8';
  const bytes = { ...(base && { base }), ...(offloaded && { offload: file }) };
  let model = await loadModel(weights, config, runtime, { context: 64, blocks, ...bytes });
  expect(model.embedding instanceof StoredTable).toBe(base === 'int8');
  expect(model.head instanceof StoredTable).toBe(base === 'int8');
  if (readsEmbedding === true) model = { ...model, embedding: await weights.readFloat32(EMBEDDING) };
  const random = seededRandom(5);
  const adapters = new AdapterSet(
    decoderLinears(config).map((linear) => {
      const structure = moraStructure({ ...linear, rank: 2, type: 6 });
      const m = Float32Array.from({ length: structure.parameterCount }, () => 0.04 * (random() - 0.5));
      return moduleAdapter(linear, structure, { M: m }, runtime);
    }),
  );
  if (merged) {
    for (const part of [0.01, 0.02]) {
      model.blocks.add(1, 'self_attn.o_proj.weight', () => new Float32Array(40 * 40).fill(part));
    }
  }
  const pass = new DecoderPass(runtime, model, adapters, keptLayers);
  const head = new LossHead(runtime, model);
  const optimizer = new AdamW(adapters.parameters, { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 });
  const batch = oracleBatch(readOracleCase('llama'));
  const found: number[] = [];
  for (const step of [1, 2, 3]) {
    const result = (await trainStep(
      { replicas: [{ adapters, pass, head }], optimizer, clipNorm: 1 },
      [batch],
      step,
      1e-2,
    ))!;
    found.push(result.loss, result.gradientNorm);
  }
  await pass.dispose();
  await head.dispose();
  await weights.close();
  expect((await file.stat()).size).toBe(offloaded ? bothDirections(config) : 0);
  await file.close();
  await rm(scratchFolder, { recursive: true });
  return found;
}

/** Bytes of the entries of all quantised weights: one for each weight and direction. */
function bothDirections(config: DecoderConfig): number {
  return decoderLinears(config).reduce((sum, { dIn, dOut }) => sum + 2 * dIn * dOut, 0);
}

describe('weights that stay on disk', () => {
  it('give the losses of weights in memory, bit for bit', async () => {
    expect(await losses({ blocks: 'disk' })).toEqual(await losses({ blocks: 'memory' }));
  });

  it.each([0, 1, Infinity])('give them in bytes too, with %s layers that keep their products', async (keptLayers) => {
    const inMemory = await losses({ blocks: 'memory', base: 'int8', keptLayers });
    expect(inMemory).not.toEqual(await losses({ blocks: 'memory', keptLayers }));
    expect(await losses({ blocks: 'disk', base: 'int8', keptLayers })).toEqual(inMemory);
  });

  it('give those of an embedding in memory, where an int8 base leaves it in its file', async () => {
    const inMemory = await losses({ blocks: 'memory', base: 'int8', readsEmbedding: true });
    expect(await losses({ blocks: 'memory', base: 'int8' })).toEqual(inMemory);
  });

  it('are embedding and head of a model that does not tie them, each from its place', async () => {
    const untied = fileURLToPath(new URL('../../fixtures/oracle/olmo2', import.meta.url));
    const weights = await openModelFolder(untied);
    onTestFinished(() => weights.close());
    const config = await readDecoderConfig(untied);
    const model = await loadModel(weights, config, runtime, { context: 64, base: 'int8' });
    const [embedding, head] = [await weights.readFloat32(EMBEDDING), await weights.readFloat32(HEAD)];
    expect((model.embedding as StoredTable).values()).toEqual(embedding);
    expect((model.head as StoredTable).values()).toEqual(head);
    const arrays = quantiseHead(rowsOf(head, config.hiddenSize), config);
    expect(model.quantisedHead!.rows.data).toEqual(headOfArrays(arrays, runtime).rows.data);
  });

  it('carry what was merged into them', async () => {
    const changed = await losses({ blocks: 'memory' }, true);
    expect(changed).not.toEqual(await losses({ blocks: 'memory' }));
    expect(await losses({ blocks: 'disk' }, true)).toEqual(changed);
  });
});

describe('the memory plan', () => {
  let decoder: DecoderConfig;
  let needs: MemoryNeeds;
  beforeAll(async () => {
    // The sizes of a model of 1.3 billion parameters; only its shape is needed.
    decoder = {
      ...(await readDecoderConfig(folder)),
      hiddenSize: 2048,
      mlpSize: 8192,
      layers: 16,
      headSize: 64,
      heads: 32,
    };
    const [kind] = decoder.layerKinds;
    decoder = {
      ...decoder,
      keyValueHeads: 8,
      vocabularySize: 32_000,
      layerKinds: Array(16).fill({ ...kind, rotary: undefined }),
    };
    const structures = new Map(
      decoderLinears(decoder)
        .filter(({ layer }) => layer === 0)
        .map((linear) => [linear.module, moraStructure({ ...linear, rank: 8, type: 1 })]),
    );
    const adapterParameters = [...structures.values()].reduce((sum, { parameterCount: count }) => sum + 16 * count, 0);
    const rest = { trainedWeights: 0, trainedHead: FROZEN_HEAD, longest: 512, context: 512, batchSize: 16 };
    needs = { base: 'float32', decoder, structures, adapterParameters, ...rest };
  });
  const weights = (): number => 4 * parameterCount(decoder);

  it('keeps everything and runs large micro-batches where there is room', () => {
    const plan = planMemory(needs, 64 * 1024 * MIB);
    expect(plan).toMatchObject({
      blocks: 'memory',
      keptBlocks: 16,
      retain: true,
      layout: { rowLength: 512, maxRows: 2 },
    });
    expect(plan.bytes.weights).toBe(weights());
  });

  it('makes micro-batches smaller before it computes again, and computes again before it leaves weights on disk', () => {
    const plans = [8000, 4000, 3000, 2000].map((spare) => planMemory(needs, weights() + spare * MIB));
    const rows = plans.map(({ layout }) => layout.maxRows);
    expect(rows).toEqual([...rows].sort((a, b) => b - a));
    expect(rows.at(-1)).toBe(1);
    expect(plans.map(({ blocks }) => blocks)).toEqual(Array(4).fill('memory'));
    expect(plans.at(-1)?.keptBlocks).toBeLessThan(16);
  });

  it('leaves weights on disk when they are larger than the budget, and stays within it', () => {
    const budget = weights() / 2;
    const plan = planMemory(needs, budget);
    expect(plan.blocks).toBe('disk');
    expect(plan.total).toBeLessThanOrEqual(budget);
    const block = 4 * blockTensors(decoder).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(plan.bytes.weights).toBe(weights() - 15 * block);
  });

  it('leaves bytes on disk too, and never holds embedding or head in float32, unless they are trained', () => {
    const bytes = { ...needs, base: 'int8' } as const;
    const roomy = planMemory(bytes, 64 * 1024 * MIB);
    const linears = decoderLinears(decoder);
    const entries = linears.reduce((sum, { dIn, dOut }) => sum + dIn * dOut, 0);
    const scales = linears.reduce((sum, { dIn, dOut }) => sum + dIn + dOut, 0);
    const table = decoder.vocabularySize * decoder.hiddenSize;
    const norms = (2 * decoder.layers + 1) * decoder.hiddenSize;
    expect(roomy.blocks).toBe('memory');
    expect(roomy.bytes.weights).toBe(2 * (entries + table) + 4 * (scales + norms));
    const trained = planMemory({ ...bytes, trainedWeights: table }, 64 * 1024 * MIB);
    expect(trained.bytes.weights).toBe(roomy.bytes.weights + 4 * table);
    const budget = roomy.bytes.weights;
    const tight = planMemory(bytes, budget);
    expect(tight.blocks).toBe('disk');
    expect(tight.total).toBeLessThanOrEqual(budget);
    expect(tight.bytes.weights).toBe(2 * (entries / decoder.layers + table) + 4 * (scales + norms));
  });

  it('with weights on disk makes micro-batches smaller before it computes again over bytes, and not over float32', () => {
    // Enough for what all blocks keep of one row, and not of two.
    const room = 960 * MIB;
    const onDisk = (base: BaseFormat) => {
      const given = { ...needs, base };
      return planMemory(given, planMemory(given, MIB).total + room);
    };
    expect(onDisk('int8')).toMatchObject({ blocks: 'disk', keptBlocks: 16, layout: { maxRows: 1 } });
    expect(onDisk('float32')).toMatchObject({ blocks: 'disk', layout: { maxRows: 2 } });
    expect(onDisk('float32').keptBlocks).toBeLessThan(16);
  });

  it('runs micro-batches side by side over a base in bytes, as many as there are threads and room for', () => {
    const bytes = { ...needs, base: 'int8', threads: 4 } as const;
    const roomy = planMemory(bytes, 64 * 1024 * MIB);
    const replicated = { blocks: 'memory', keptBlocks: 16 } as const;
    expect(roomy).toMatchObject({ ...replicated, layout: { rowLength: 512, maxRows: 1, replicas: 4 } });
    const two = planMemory(bytes, roomy.total - MIB);
    expect(two).toMatchObject({ ...replicated, layout: { replicas: 2 } });
    expect(two.total).toBeLessThan(roomy.total);
    // Twice what a micro-batch keeps, and a gradient more.
    expect(roomy.bytes.activations).toBe(2 * two.bytes.activations);
    expect(roomy.bytes.adapter - two.bytes.adapter).toBe(2 * 4 * needs.adapterParameters);
    // Each thread has copies of a block and of a tile of the head.
    const linears = decoderLinears(decoder).filter(({ layer }) => layer === 0);
    const block = 2 * linears.reduce((sum, { dIn, dOut }) => sum + dIn * dOut, 0);
    expect(roomy.bytes.working - two.bytes.working).toBeGreaterThan(2 * block);
    // Samples copy a direction of all weights.
    const sampling = { ...bytes, samples: { rows: 256, tokens: 512 } };
    const more = (given: MemoryNeeds): number =>
      planMemory({ ...given, samples: sampling.samples }, 64 * 1024 * MIB).bytes.working;
    expect(more(bytes) - more({ ...bytes, threads: 1 })).toBeGreaterThan(roomy.bytes.weights / 2);
    const one = planMemory(bytes, two.total - MIB);
    expect(one.layout.replicas).toBe(1);
    expect(one.total).toBeLessThanOrEqual(two.total - MIB);
    expect(planMemory({ ...bytes, base: 'float32' }, 64 * 1024 * MIB).layout.replicas).toBe(1);
    expect(planMemory({ ...bytes, batchSize: 1 }, 64 * 1024 * MIB).layout.replicas).toBe(1);
  });

  it('says how much is needed when a bound is too low, and nothing when it is only a guess', () => {
    const plan = planMemory(needs, 100 * MIB);
    expect(() => requireFit(plan, 0.1)).toThrow(/"compute\.memory" is 0\.1 GiB, but at least 1\.\d GiB are needed/);
    expect(() => requireFit(plan, null)).not.toThrow();
  });
});
