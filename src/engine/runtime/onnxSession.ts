import { threadId } from 'node:worker_threads';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { hasSharedHeap } from '../rpc/sharedHeap';
import { UNCONVERTIBLE } from './onnxModel';

export interface OnnxRuntimeOptions {
  /** Threads inside an op. */
  readonly threads: number;
  /**
   * Whether sessions hold on to working memory between runs: faster, but each has its own. True unless given; without
   * effect where all share one heap.
   */
  readonly retain?: boolean;
  /** Prefix of files that get the time of each op, one for each program, for benchmarks. */
  readonly profile?: string;
}

/** Profiles of this thread: those of programs compiled within a second would else be one file. */
let profiles = 0;

/** A program as ONNX Runtime's CPU provider runs it. */
export class OnnxSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly isProfiled: boolean,
  ) {}

  /** `model`: a serialised ONNX model whose first output is one that the binding cannot convert. */
  static async open(model: Uint8Array, { threads, retain = true, profile }: OnnxRuntimeOptions): Promise<OnnxSession> {
    // The profiler's records, which stay, would lie between the pieces of a shared heap, and no piece freed would fit again.
    const sharesHeap = hasSharedHeap() && profile === undefined;
    const session = await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // An arena, and a plan of one block for all that a run holds, would be each session's own.
      enableCpuMemArena: !sharesHeap && retain,
      enableMemPattern: !sharesHeap,
      graphOptimizationLevel: 'all',
      // Every session has threads of its own, which spin for a while after a run and so take the processors from the
      // session that runs next: on two cores that halved the speed of small models.
      extra: { session: { force_spinning_stop: '1' } },
      ...(profile !== undefined && {
        enableProfiling: true,
        profileFilePrefix: `${profile}.${threadId}.${profiles++}`,
      }),
    });
    return new OnnxSession(session, profile !== undefined);
  }

  /** Writes into the tensors of `outputs`, by the names that they have in the model. */
  async run(inputs: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor>>): Promise<void> {
    await this.session.run(inputs, { [UNCONVERTIBLE]: null, ...outputs }).catch(expectUnconvertible);
  }

  async release(): Promise<void> {
    if (this.isProfiled) this.session.endProfiling();
    await this.session.release();
  }
}

/**
 * After a run the binding copies every output into new memory, also those that were written into tensors it was given.
 * For a block's forward pass that is 50 MB, a quarter of its time. It does so in the order of the outputs and ends at one
 * that it cannot convert, so the first is such a one. What was computed is then in our tensors, and nothing was copied.
 */
function expectUnconvertible(error: unknown): void {
  if (!(error instanceof Error && error.message.includes(UNCONVERTIBLE_ERROR))) throw error;
}

const UNCONVERTIBLE_ERROR = 'Non tensor type is temporarily not supported';
