import type { Tensor } from 'onnxruntime-node';
import type { Program } from '../graph/program';
import type { Shape } from '../graph/value';
import { requireSize } from './hostData';
import { onnxModel, type OnnxModel } from './onnxModel';
import { OnnxSession, type OnnxRuntimeOptions } from './onnxSession';
import { OnnxHostTensor } from './onnxTensor';
import type { Executable, Runtime, RuntimeTensor, TensorData } from './runtime';

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

/** A program as an ONNX model for the CPU provider. */
export function cpuModel(program: Program): OnnxModel {
  return onnxModel(program, CPU_DIALECT);
}

/** Joining zeros is no faster by itself, but within a block's backward pass (docs/results/performance.md). */
const CPU_DIALECT = { fusedProducts: true, padsByJoining: true, runsDepthFirst: true, unconvertible: true } as const;

async function compile(program: Program, options: OnnxRuntimeOptions): Promise<Executable> {
  const { bytes, outputNames } = cpuModel(program);
  const session = await OnnxSession.open(bytes, options);
  return {
    run: async (inputs, outputs) => {
      const feeds: Record<string, Tensor> = {};
      for (const [name, value] of program.inputs) feeds[name] = onnxTensor(inputs[name], name, value.shape);
      const fetches: Record<string, Tensor> = {};
      for (const [name, value] of program.outputs) {
        fetches[outputNames.get(name) ?? ''] = onnxTensor(outputs[name], name, value.shape);
      }
      await session.run(feeds, fetches);
    },
    dispose: () => session.release(),
  };
}

function onnxTensor(tensor: RuntimeTensor | undefined, name: string, shape: Shape): Tensor {
  if (!(tensor instanceof OnnxHostTensor)) throw new Error(`no tensor for "${name}"`);
  requireSize(tensor, name, shape);
  return tensor.onnx;
}
