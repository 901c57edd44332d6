import type { BaseFormat } from '../adapters/frozenWeight';
import { bytesOf, workingMemory } from '../graph/workingMemory';
import type { BlockStructures } from '../models/adapterInputs';
import { blockPrograms } from '../models/blockPrograms';
import type { DecoderConfig } from '../models/decoderConfig';
import type { TrainedHead } from '../models/head/headParts';
import { HEAD_TILE } from '../models/head/quantisedHead';
import { quantisedBlockBytes, quantisedBytes, weightBytes } from '../models/weightBytes';
import { largestChunk } from './head/lossHead';
import { largestHeadProgram } from './head/largestHeadProgram';
import { batchLayout, stepLayout, type BatchLayout } from './microBatches';
import { sampleBytes, type SampleNeeds } from './samples/sampleMemory';

const BYTES = 4; // float32
/** Node.js, ONNX Runtime, the tokenizer and compiled programs, as measured on a run of the embedded model. */
export const PROCESS_BYTES = 300 << 20;
/** What a thread that computes takes besides copies of what it reads: an event loop, and compiled programs of its own. */
const THREAD_BYTES = 32 << 20;
/** What allocators lose between the pieces of working memory: as measured at 1 billion parameters, a little more than half. */
export const FRAGMENTATION = 2.25;
/** Batch shapes whose compiled programs can each hold on to working memory of their own. */
const RETAINED_SHAPES = 6;

/** Where the bytes of a run go. */
export interface MemoryBytes {
  /** The process itself, and what programs hold while they run. */
  readonly working: number;
  /** Frozen weights as they are held: all blocks, or one. */
  readonly weights: number;
  /** Trained values that are not weights of the model, and all gradients. */
  readonly adapter: number;
  readonly optimizer: number;
  /** Between forward and backward pass, of the largest micro-batch. */
  readonly activations: number;
}

/** How a run fits into memory. */
export interface MemoryPlan {
  readonly layout: BatchLayout & { readonly replicas: number };
  /** Where the blocks' weights are. */
  readonly blocks: 'memory' | 'disk';
  /** How many of the upper blocks keep their products for the backward pass; the others compute them again. */
  readonly keptBlocks: number;
  /** Whether compiled programs may hold on to their working memory between runs, which is faster. */
  readonly retain: boolean;
  readonly bytes: MemoryBytes;
  readonly total: number;
}

export interface MemoryNeeds {
  readonly decoder: DecoderConfig;
  /** Format of the frozen weights. */
  readonly base: BaseFormat;
  /** Adapters of the block that has most, by module. */
  readonly structures: BlockStructures;
  readonly adapterParameters: number;
  /** Entries of the model's own tensors that are trained in full, and which of the head's they are. */
  readonly trainedWeights: number;
  readonly trainedHead: TrainedHead;
  /** Tokens of the longest example, and the most that an example may have. */
  readonly longest: number;
  readonly context: number;
  /** Examples a step. */
  readonly batchSize: number;
  /** What is written while training stands still; nothing unless given. */
  readonly samples?: SampleNeeds;
  /** Tokens of the largest micro-batch where there is room; those that train fast unless given. */
  readonly microBatchTokens?: number;
  /** Threads that may compute micro-batches side by side; unless given, all of them compute with one. */
  readonly threads?: number;
}

/** One number of rows and replicas, with what it costs. */
export class Candidate {
  /** Hidden states between blocks; always held. */
  private readonly stream: number;
  /** What one block keeps for its backward pass. */
  private readonly perBlock: number;
  /** Of the largest program. */
  private readonly working: number;
  /** What a thread takes: itself, and its copies of a block and of a tile of the head. */
  private readonly perThread: number;

  constructor(
    private readonly needs: MemoryNeeds,
    private readonly layout: BatchLayout,
    private readonly replicas = 1,
  ) {
    const { decoder, structures, trainedHead } = needs;
    const shape = { rows: layout.maxRows, length: layout.rowLength };
    const [kind] = decoder.layerKinds;
    if (kind === undefined) throw new Error('a decoder without layers');
    const options = { inputGradient: true, kind, trainedNorms: needs.trainedWeights > 0, base: needs.base } as const;
    const keeping = blockPrograms(decoder, shape, structures, { keep: 'products', ...options });
    const again = blockPrograms(decoder, shape, structures, { keep: 'nothing', ...options });
    const headBase = trainedHead.head ? 'float32' : needs.base;
    const head = largestHeadProgram(decoder, largestChunk(decoder.vocabularySize, headBase), 'training', {
      trained: trainedHead,
      base: headBase,
    });
    const samples = needs.samples ? sampleBytes(decoder, needs.base, structures, needs.samples) : 0;
    const programs = Math.max(...[keeping.forward, again.backward, head].map(workingMemory));
    const gradients =
      (trainedHead.head ? BYTES * decoder.vocabularySize * decoder.hiddenSize : 0) +
      (BYTES * needs.adapterParameters) / decoder.layers;
    // Samples read copies of what threads share: of each weight one direction.
    const copies = needs.samples && replicas > 1 ? quantisedBytes(decoder, 'memory') / 2 : 0;
    this.working = Math.max(
      FRAGMENTATION * replicas * (programs + gradients),
      FRAGMENTATION * (samples + gradients) + copies,
    );
    this.perThread = THREAD_BYTES + quantisedBlockBytes(decoder) + 2 * HEAD_TILE * decoder.hiddenSize;
    this.stream = replicas * BYTES * (decoder.layers + 3) * shape.rows * shape.length * decoder.hiddenSize;
    this.perBlock = replicas * [...keeping.kept.values()].reduce((sum, value) => sum + bytesOf(value), 0);
  }

  fittingBlocks(blocks: MemoryPlan['blocks'], budget: number): number {
    const left = budget - this.total(blocks, 0);
    return Math.max(0, Math.min(this.needs.decoder.layers, Math.floor(left / Math.max(1, this.perBlock))));
  }

  total(blocks: MemoryPlan['blocks'], kept: number): number {
    const { working, weights, adapter, optimizer, activations } = this.bytes(blocks, kept);
    return working + weights + adapter + optimizer + activations;
  }

  plan(blocks: MemoryPlan['blocks'], keptBlocks: number, budget: number): MemoryPlan {
    const total = this.total(blocks, keptBlocks);
    const retain = total + RETAINED_SHAPES * this.working <= budget;
    const { replicas } = this;
    const layout = { ...this.runLayout(), replicas };
    return { layout, blocks, keptBlocks, retain, bytes: this.bytes(blocks, keptBlocks), total };
  }

  /** Unless rows had to be saved, evaluation may use more of them than a step has examples. */
  private runLayout(): BatchLayout {
    const { longest, context, batchSize, microBatchTokens } = this.needs;
    const full = batchLayout(longest, context, microBatchTokens);
    return this.layout.maxRows < stepLayout(full, batchSize).maxRows ? this.layout : full;
  }

  private bytes(blocks: MemoryPlan['blocks'], kept: number): MemoryBytes {
    const { base, decoder, adapterParameters, trainedWeights } = this.needs;
    return {
      working: PROCESS_BYTES + (this.replicas > 1 ? this.replicas * this.perThread : 0) + this.working,
      // Of an int8 base those that are trained are held in float32 beside it.
      weights:
        base === 'int8' ? quantisedBytes(decoder, blocks) + BYTES * trainedWeights : weightBytes(decoder, blocks),
      ...trainableBytes(adapterParameters, trainedWeights, this.replicas),
      activations: this.stream + kept * this.perBlock,
    };
  }
}

/** Bytes of trained values with their gradients, one for each replica, and of the optimizer's two means. */
function trainableBytes(
  adapterParameters: number,
  trainedWeights: number,
  replicas: number,
): { readonly adapter: number; readonly optimizer: number } {
  return {
    adapter: BYTES * ((1 + replicas) * adapterParameters + replicas * trainedWeights),
    optimizer: 2 * BYTES * (adapterParameters + trainedWeights),
  };
}
