import { InferenceSession, type Tensor } from 'onnxruntime-node';
import type { Program } from '../graph/program';
import type { Shape } from '../graph/value';
import { hasSharedHeap } from '../rpc/sharedHeap';
import { requireSize } from './hostData';
import { onnxModel, UNCONVERTIBLE } from './onnxModel';
import { OnnxHostTensor } from './onnxTensor';

import type { Executable, Runtime, RuntimeTensor, TensorData } from './runtime';

export interface OnnxRuntimeOptions {
  /** Threads inside an op. */
  readonly threads: number;
  /**
   * Whether sessions hold on to working memory between runs: faster, but each has its own. True unless given; without
   * effect where all share one heap.
   */
  readonly retain?: boolean;
  /** Prefix of a file that gets the time of each op, for benchmarks. */
  readonly profile?: string;
}

/** ONNX Runtime's CPU provider. */
export function onnxRuntime(options: OnnxRuntimeOptions): Runtime {
  const tensor = (data: TensorData, shape: Shape): OnnxHostTensor => new OnnxHostTensor(data, shape);
  return {
    name: 'onnxruntime-cpu',
    compile: (program) => compile(program, options),
    tensor,
    constant: tensor,
    dropCopy: () => undefined,
  };
}

/** Joining zeros is no faster by itself, but within a block's backward pass (docs/results/performance.md). */
const CPU_DIALECT = { fusedProducts: true, padsByJoining: true, runsDepthFirst: true, unconvertible: true } as const;

async function compile(program: Program, options: OnnxRuntimeOptions): Promise<Executable> {
  // The profiler's records, which stay, would lie between the pieces of a shared heap, and no piece freed would fit again.
  const sharesHeap = hasSharedHeap() && options.profile === undefined;
  const { bytes, outputNames } = onnxModel(program, CPU_DIALECT);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // An arena, and a plan of one block for all that a run holds, would be each session's own.
    enableCpuMemArena: !sharesHeap && (options.retain ?? true),
    enableMemPattern: !sharesHeap,
    graphOptimizationLevel: 'all',
    // Every session has threads of its own, which spin for a while after a run and so take the processors from the
    // session that runs next: on two cores that halved the speed of small models.
    extra: { session: { force_spinning_stop: '1' } },
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  });
  return {
    run: async (inputs, outputs) => {
      const feeds: Record<string, Tensor> = {};
      for (const [name, value] of program.inputs) feeds[name] = onnxTensor(inputs[name], name, value.shape);
      const fetches: Record<string, Tensor | null> = { [UNCONVERTIBLE]: null };
      for (const [name, value] of program.outputs) {
        fetches[outputNames.get(name) ?? ''] = onnxTensor(outputs[name], name, value.shape);
      }
      await session.run(feeds, fetches).catch(expectUnconvertible);
    },
    dispose: async () => {
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
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

function onnxTensor(tensor: RuntimeTensor | undefined, name: string, shape: Shape): Tensor {
  if (!(tensor instanceof OnnxHostTensor)) throw new Error(`no tensor for "${name}"`);
  requireSize(tensor, name, shape);
  return tensor.onnx;
}
