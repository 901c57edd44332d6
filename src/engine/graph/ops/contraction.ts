import { apply, lengthOf, ShapeError, type Operation, type Shape, type Value } from '../value';
import { broadcastShape } from './elementwise';
import { sumTo } from './reduction';

interface Product {
  /** Use aᵀ, bᵀ over the last two axes. */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Factor on the result. */
  readonly alpha: number;
}

/** alpha · op(a) op(b) over the last two axes, leading axes broadcast. */
export const PRODUCT: Operation<Product> = {
  name: 'product',
  keep: true,
  shape: ([a = [], b = []], { transposeA, transposeB }) => {
    const [rows, innerA] = lastTwo(a, transposeA);
    const [innerB, columns] = lastTwo(b, transposeB);
    if (innerA !== innerB) throw new ShapeError(`product of [${a.join(', ')}] and [${b.join(', ')}]`);
    return [...broadcastShape(a.slice(0, -2), b.slice(0, -2)), rows, columns];
  },
  // y = αAB: dA = α g Bᵀ, dB = α Aᵀ g, and the same read through the transposes.
  derivative: (gradient, [a, b], _result, { transposeA, transposeB, alpha }) => {
    if (a === undefined || b === undefined) return [null, null];
    const dA = transposeA
      ? product(b, gradient, { transposeA: transposeB, transposeB: true, alpha })
      : product(gradient, b, { transposeB: !transposeB, alpha });
    const dB = transposeB
      ? product(gradient, a, { transposeA: true, transposeB: transposeA, alpha })
      : product(a, gradient, { transposeA: !transposeA, alpha });
    return [sumTo(dA, a.shape), sumTo(dB, b.shape)];
  },
  onnx: (onnx, inputs, { transposeA, transposeB, alpha }, values) => {
    if (onnx.traits.fusedProducts) {
      const attributes = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } };
      return onnx.node('FusedMatMul', inputs, attributes, 'com.microsoft');
    }
    const [a = '', b = ''] = inputs.map((operand, index) => {
      const rank = values.inputs[index]?.shape.length ?? 0;
      const isTransposed = index === 0 ? transposeA : transposeB;
      return isTransposed ? onnx.node('Transpose', [operand], { perm: lastTwoSwapped(rank) }) : operand;
    });
    const result = onnx.node('MatMul', [a, b]);
    return alpha === 1 ? result : onnx.node('Mul', [result, onnx.constant('float32', [], [alpha])]);
  },
  tensorFlow: ({ tf, attributes: { transposeA, transposeB, alpha } }, a, b) => {
    const result = tf.matMul(a, b, transposeA, transposeB);
    return alpha === 1 ? result : tf.mul(result, alpha);
  },
};

export function product(a: Value, b: Value, options: Partial<Product> = {}): Value {
  return apply(PRODUCT, [a, b], { transposeA: false, transposeB: false, alpha: 1, ...options });
}

/** [0, 1, …, rank − 1, rank − 2] */
function lastTwoSwapped(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}

function lastTwo(shape: Shape, transposed: boolean): [number, number] {
  const rows = lengthOf(shape, -2);
  const columns = lengthOf(shape, -1);
  return transposed ? [columns, rows] : [rows, columns];
}
