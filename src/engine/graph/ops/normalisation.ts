import { apply, lengthOf, ShapeError, type Operation, type Value } from '../value';
import { multiply, scale, subtract } from './elementwise';
import { sum, sumTo } from './reduction';

/** Small number added to the mean square. */
interface Epsilon {
  readonly epsilon: number;
}

/** r = (mean(x²) + ε)^(−½) over the last axis, which stays with length 1.  dr/dx = −r³ x / width. */
export const INVERSE_RMS: Operation<Epsilon> = {
  name: 'inverseRms',
  keep: true,
  shape: ([x = []]) => [...x.slice(0, -1), 1],
  derivative: (gradient, [x], result) => {
    if (x === undefined) return [null];
    const cube = multiply(result, multiply(result, result));
    return [multiply(x, scale(multiply(gradient, cube), -1 / lengthOf(x.shape, -1)))];
  },
  onnx: (onnx, [x = ''], { epsilon }, { inputs }) => {
    const width = lengthOf(inputs[0]?.shape ?? [], -1);
    // ONNX Runtime's ReduceSumSquare takes twice as long as both.
    const squares = onnx.node('ReduceSum', [onnx.node('Mul', [x, x]), onnx.constant('int64', [1], [-1])], {
      keepdims: 1,
    });
    const mean = onnx.node('Mul', [squares, onnx.constant('float32', [], [1 / width])]);
    return onnx.node('Reciprocal', [
      onnx.node('Sqrt', [onnx.node('Add', [mean, onnx.constant('float32', [], [epsilon])])]),
    ]);
  },
  tensorFlow: ({ tf, attributes: { epsilon } }, x) => tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)),
};

/**
 * RMSNorm (Zhang & Sennrich 2019): y = w · x · r.
 * dx = r (g w) − x r³ Σ(g w x) / width;  dw = Σ g x r.
 */
export const RMS_NORM: Operation<Epsilon> = {
  name: 'rmsNorm',
  shape: ([x = [], weight = []]) => {
    if (weight.length !== 1 || weight[0] !== x.at(-1))
      throw new ShapeError(`norm weight [${weight.join(', ')}] for [${x.join(', ')}]`);
    return x;
  },
  derivative: (gradient, [x, weight], _result, { epsilon }) => {
    if (x === undefined || weight === undefined) return [null, null];
    const r = inverseRms(x, epsilon);
    const weighted = multiply(gradient, weight);
    const along = scale(
      multiply(sum(multiply(weighted, x), [-1]), multiply(r, multiply(r, r))),
      1 / lengthOf(x.shape, -1),
    );
    return [
      subtract(multiply(weighted, r), multiply(x, along)),
      sumTo(multiply(gradient, multiply(x, r)), weight.shape),
    ];
  },
  onnx: (onnx, inputs, { epsilon }) =>
    onnx.node('SimplifiedLayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } }),
  tensorFlow: ({ tf, attributes: { epsilon } }, x, weight) =>
    tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon))), weight),
};

export const inverseRms = (x: Value, epsilon: number): Value => apply(INVERSE_RMS, [x], { epsilon });

/** RMSNorm over the last axis of x with a weight of its width. */
export const rmsNorm = (x: Value, weight: Value, epsilon: number): Value => apply(RMS_NORM, [x, weight], { epsilon });
