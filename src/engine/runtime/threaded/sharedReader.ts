import { OnnxHostTensor } from '../onnxTensor';
import type { Executable, Runtime, RuntimeTensor } from '../runtime';
import { SharedTensor } from './sharedTensor';

/** A runtime of the main thread that reads what threads share, too. */
export interface SharedReader extends Runtime {
  /** Frees the copies that it made of constants. */
  readonly forget: () => void;
}

/** ONNX Runtime's binding takes no shared memory: constants are copied when a program first reads them, until `forget`. */
export function sharedReader(runtime: Runtime): SharedReader {
  const readable = new Map<SharedTensor, OnnxHostTensor>();
  const read = (tensor: RuntimeTensor): RuntimeTensor => {
    if (!(tensor instanceof SharedTensor)) return tensor;
    const known = readable.get(tensor);
    if (known !== undefined) return known;
    const made = new OnnxHostTensor(tensor.isShared ? tensor.data.slice() : tensor.data, tensor.shape);
    // A copy of what may change is good for once.
    if (tensor.isConstant || !tensor.isShared) readable.set(tensor, made);
    return made;
  };
  return {
    ...runtime,
    compile: async (program): Promise<Executable> => {
      const executable = await runtime.compile(program);
      return {
        ...executable,
        run: (inputs, outputs) =>
          executable.run(
            Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, read(tensor)])),
            outputs,
          ),
      };
    },
    forget: () => readable.clear(),
  };
}
