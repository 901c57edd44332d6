import { broadcastShape } from '../../graph/ops/elementwise';
import type { TfTensor } from '../../graph/tensorFlow';
import { sizeOf, type Shape } from '../../graph/value';
import type { TensorFlowLibrary } from './library';

type MatMul = TensorFlowLibrary['matMul'];

/**
 * Products of the backends in JavaScript and WebAssembly for stacks of any shapes. Their kernels take the n-th matrix of a
 * stack modulo its length, which is right only where leading axes are alike or one stack is a single matrix
 * (tfjs-backend-cpu and -wasm 4.22.0, BatchMatMul).
 */
export function withBroadcastProducts(tf: TensorFlowLibrary): TensorFlowLibrary {
  const matMul: MatMul = (a, b, transposeA, transposeB) => {
    const leading = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return tf.matMul(spread(tf, a, leading), spread(tf, b, leading), transposeA, transposeB);
  };
  return { ...tf, matMul };
}

/**
 * Products of single matrices on WebAssembly, transposed beforehand: only XNNPACK's product is fast, and the backend uses it
 * for operands as they are. For 512 × 512 that is 11 ms instead of 105 and 270.
 */
export function withTransposedFirst(tf: TensorFlowLibrary): TensorFlowLibrary {
  const matMul: MatMul = (a, b, transposeA, transposeB) => {
    const single = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
    if (!single) return tf.matMul(a, b, transposeA, transposeB);
    return tf.matMul(transposeA ? transposed(tf, a) : a, transposeB ? transposed(tf, b) : b, false, false);
  };
  return { ...tf, matMul };
}

function spread(tf: TensorFlowLibrary, x: TfTensor, leading: Shape): TfTensor {
  const stack = sizeOf(x.shape.slice(0, -2));
  if (stack === 1 || stack === sizeOf(leading)) return x;
  return tf.broadcastTo(x, [...leading, ...x.shape.slice(-2)]);
}

function transposed(tf: TensorFlowLibrary, x: TfTensor): TfTensor {
  const rank = x.shape.length;
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
}
