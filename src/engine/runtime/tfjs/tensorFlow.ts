import type { Runtime } from '../runtime';
import type { TensorFlowLibrary } from './library';
import { TfProgram } from './program';
import { TfConstant, TfHostTensor, TfResidentTensor } from './tensors';

/** TensorFlow.js on the backend that computes now, also when others were chosen for other runtimes since. */
export function tensorFlow(tf: TensorFlowLibrary, name: string): Runtime {
  const backend = tf.getBackend();
  return {
    name,
    compile: (program) => Promise.resolve(new TfProgram(tf, backend, program)),
    tensor: (data, shape) => new TfHostTensor(data, shape),
    constant: (data, shape) => new TfConstant(data, shape, tf),
    dropCopy: (constant) => {
      if (constant instanceof TfConstant) constant.release();
    },
    resident: (shape, before) => {
      before?.dispose();
      return new TfResidentTensor(shape);
    },
  };
}
