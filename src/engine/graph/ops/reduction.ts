import { apply, lengthOf, sameShape, ShapeError, type Operation, type Shape, type Value } from '../value';
import { multiply, subtract } from './elementwise';
import { broadcastTo, reshape } from './layout';

interface Axes {
  /** Axes summed over, from 0, ascending. */
  readonly axes: readonly number[];
  /** Whether they go; else they stay with length 1. */
  readonly dropped: boolean;
}

/** Shape with the given axes of length one. */
const keepAxes = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((length, axis) => (axes.includes(axis) ? 1 : length));

/** Σ over axes. */
export const SUM: Operation<Axes> = {
  name: 'sum',
  keep: true,
  shape: ([x = []], { axes, dropped }) => (dropped ? x.filter((_, axis) => !axes.includes(axis)) : keepAxes(x, axes)),
  derivative: (gradient, [x], _result, { axes }) => [
    x === undefined ? null : broadcastTo(reshape(gradient, keepAxes(x.shape, axes)), x.shape),
  ],
  onnx: (onnx, [x = ''], { axes, dropped }) =>
    onnx.node('ReduceSum', [x, onnx.constant('int64', [axes.length], axes)], { keepdims: Number(!dropped) }),
  tensorFlow: ({ tf, attributes: { axes, dropped } }, x) => tf.sum(x, axes, !dropped),
};

/** e^{xᵢ} / Σⱼ e^{xⱼ} over the last axis. With p the result: dx = p (g − Σ g p). */
export const SOFTMAX: Operation = {
  name: 'softmax',
  shape: ([x = []]) => x,
  derivative: (gradient, _inputs, result) => {
    const weighted = multiply(gradient, result);
    return [subtract(weighted, multiply(result, sum(weighted, [-1])))];
  },
  onnx: (onnx, inputs) => onnx.node('Softmax', inputs, { axis: -1 }),
  tensorFlow: ({ tf }, x) => tf.softmax(x, -1),
};

/** ln Σⱼ e^{xⱼ} over the last axis, which stays with length 1. Its derivative is the softmax. */
export const LOG_SUM_EXP: Operation = {
  name: 'logSumExp',
  keep: true,
  shape: ([x = []]) => keepAxes(x, [x.length - 1]),
  derivative: (gradient, [x]) => [x === undefined ? null : multiply(softmax(x), gradient)],
  // With p the softmax and m the largest entry, ln Σ e^x = m − ln max(p): max(p) ≥ 1/n cannot underflow, and the
  // derivative's softmax is the same node.
  onnx: (onnx, [x = '']) => {
    const axis = onnx.constant('int64', [1], [-1]);
    const likeliest = onnx.node('ReduceMax', [onnx.node('Softmax', [x], { axis: -1 }), axis], { keepdims: 1 });
    return onnx.node('Sub', [onnx.node('ReduceMax', [x, axis], { keepdims: 1 }), onnx.node('Log', [likeliest])]);
  },
  tensorFlow: ({ tf }, x) => tf.logSumExp(x, -1, true),
};

/** Index of the largest entry along the last axis, which stays with length 1. Not differentiable. */
export const ARG_MAX: Operation = {
  name: 'argMax',
  type: 'int64',
  shape: ([x = []]) => keepAxes(x, [x.length - 1]),
  onnx: (onnx, inputs) => onnx.node('ArgMax', inputs, { axis: -1, keepdims: 1 }),
  tensorFlow: ({ tf, result }, x) => tf.reshape(tf.argMax(x, -1), result.shape),
};

/** Σ over axes (negative ones count from the end), which stay with length 1 unless they are dropped. */
export function sum(x: Value, axes: readonly number[], { dropped = false }: Partial<Axes> = {}): Value {
  const positive = axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)).sort((a, b) => a - b);
  for (const axis of positive) lengthOf(x.shape, axis);
  return apply(SUM, [x], { axes: positive, dropped });
}

export const softmax = (x: Value): Value => apply(SOFTMAX, [x], undefined);
export const logSumExp = (x: Value): Value => apply(LOG_SUM_EXP, [x], undefined);
export const argMax = (x: Value): Value => apply(ARG_MAX, [x], undefined);

/** Undoes broadcasting: sums `x` over the axes along which `shape` was repeated. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  if (extra < 0) throw new ShapeError(`[${x.shape.join(', ')}] cannot come from [${shape.join(', ')}]`);
  const axes = x.shape.flatMap((length, axis) =>
    axis < extra || (shape[axis - extra] === 1 && length !== 1) ? [axis] : [],
  );
  return reshape(axes.length === 0 ? x : sum(x, axes), shape);
}
