import { apply, lengthOf, ShapeError, type Operation, type Shape, type Value } from '../value';

/** What entries can be before they are quantised. */
interface Signs {
  /** No entry is below 0, so all 256 steps can go upwards. */
  readonly positive: boolean;
}

/** Largest magnitude of a signed byte; −128 is left out so that negation is exact. */
export const LARGEST = 127;
const LARGEST_UNSIGNED = 255;
/** Scale of a row of zeros: anything above 0, so that nothing is divided by 0. */
const SMALLEST_SCALE = 1e-30;

/** The unsigned byte that stands for 0: a product of unsigned with signed bytes is the fast one on x64. */
const zeroPoint = ({ positive }: Signs): number => (positive ? 0 : 128);

/**
 * The step of a row's bytes: max |x| / 127, or max x / 255 where nothing is negative, over the last axis, which stays
 * with length 1. No derivative, as for all rows of this file: they are used within rules that have their own.
 */
export const ROW_SCALE: Operation<Signs> = {
  name: 'rowScale',
  shape: ([x = []]) => [...x.slice(0, -1), 1],
  onnx: (onnx, [x = ''], { positive }, { result }) => {
    const axis = onnx.constant('int64', [1], [-1]);
    const dropped = { keepdims: 0 };
    // Two readings of x are cheaper than one that writes |x|, and vectors than columns.
    const most = onnx.node('ReduceMax', [x, axis], dropped);
    const least = positive ? undefined : onnx.node('ReduceMin', [x, axis], dropped);
    const largest = least === undefined ? most : onnx.node('Max', [most, onnx.node('Neg', [least])]);
    const steps = positive ? LARGEST_UNSIGNED : LARGEST;
    const scale = onnx.node('Mul', [largest, onnx.constant('float32', [], [1 / steps])]);
    const some = onnx.node('Max', [scale, onnx.constant('float32', [], [SMALLEST_SCALE])]);
    return onnx.node('Reshape', [some, onnx.constant('int64', [result.shape.length], result.shape)]);
  },
  tensorFlow: ({ tf, attributes: { positive } }, x) => {
    const largest = tf.max(positive ? x : tf.abs(x), -1, true);
    return tf.maximum(tf.mul(largest, 1 / (positive ? LARGEST_UNSIGNED : LARGEST)), SMALLEST_SCALE);
  },
};

/** round(x / scale), plus 128 where entries may be negative, as unsigned bytes: x [N, K], scale [N, 1] → [N, K]. */
export const QUANTISE_ROWS: Operation<Signs> = {
  name: 'quantiseRows',
  type: 'uint8',
  shape: ([x = [], scale = []]) => {
    if (x.length !== 2 || scale.length !== 2 || scale[0] !== x[0] || scale[1] !== 1)
      throw new ShapeError(`scales [${scale.join(', ')}] for the rows of [${x.join(', ')}]`);
    return x;
  },
  onnx: (onnx, [x = '', scale = ''], signs, { inputs }) => {
    const rows = lengthOf(inputs[0]?.shape ?? [], 0);
    const flat = onnx.node('Reshape', [scale, onnx.constant('int64', [1], [rows])]);
    const zero = onnx.constant('uint8', [rows], new Uint8Array(rows).fill(zeroPoint(signs)));
    return onnx.node('QuantizeLinear', [x, flat, zero], { axis: 0 });
  },
  tensorFlow: ({ tf, attributes }, x, scale) => tf.add(tf.round(tf.div(x, scale)), zeroPoint(attributes)),
};

/**
 * Product of quantised matrices: rowScale ∘ (q − zero) W ∘ columnScale, with q unsigned bytes [N, K], rowScale [N, 1],
 * W signed bytes [K, M] and columnScale [M]; float32 [N, M]. Sums are whole numbers below 2³¹ for K up to 66,000.
 */
export const INTEGER_PRODUCT: Operation<Signs> = {
  name: 'integerProduct',
  type: 'float32',
  keep: true,
  shape: ([q = [], rowScale = [], w = [], columnScale = []]) => {
    if (q[1] !== w[0] || rowScale[0] !== q[0] || columnScale[0] !== w[1])
      throw new ShapeError(`integer product of [${q.join(', ')}] and [${w.join(', ')}]`);
    return [q[0] ?? 0, w[1] ?? 0];
  },
  onnx: (onnx, [q = '', rowScale = '', w = '', columnScale = ''], signs) => {
    const one = onnx.constant('float32', [], [1]);
    const zero = onnx.constant('uint8', [], [zeroPoint(signs)]);
    const sums = onnx.node('MatMulIntegerToFloat', [q, w, one, columnScale, zero], {}, 'com.microsoft');
    return onnx.node('Mul', [sums, rowScale]);
  },
  tensorFlow: ({ tf, attributes }, q, rowScale, w, columnScale) => {
    const sums = tf.matMul(tf.sub(q, zeroPoint(attributes)), w, false, false);
    return tf.mul(tf.mul(sums, columnScale), rowScale);
  },
};

/** Whole numbers as float32. */
export const TO_FLOAT: Operation = {
  name: 'toFloat',
  type: 'float32',
  shape: ([x = []]): Shape => x,
  onnx: (onnx, inputs) => onnx.node('Cast', inputs, { to: 1 }),
  tensorFlow: ({ tf }, x) => tf.cast(x, 'float32'),
};

/** Rows of unsigned bytes with a scale each. */
export interface QuantisedRows {
  /** uint8 [N, K] */
  readonly bytes: Value;
  /** float32 [N, 1] */
  readonly scale: Value;
  readonly signs: Signs;
}

/** The rows of x [N, K] in bytes. */
export function quantisedRows(x: Value, signs: Signs = { positive: false }): QuantisedRows {
  const scale = apply(ROW_SCALE, [x], signs);
  return { bytes: apply(QUANTISE_ROWS, [x, scale], signs), scale, signs };
}

/** The product of quantised rows [N, K] and A [K, M] of signed bytes with a scale for each column; float32 [N, M]. */
export function integerProduct({ bytes, scale, signs }: QuantisedRows, entries: Value, scales: Value): Value {
  return apply(INTEGER_PRODUCT, [bytes, scale, entries, scales], signs);
}

/** x A for x [N, K], whose rows are quantised, and A [K, M] as in {@link integerProduct}; result [N, M]. */
export function quantisedProduct(x: Value, entries: Value, scales: Value): Value {
  return integerProduct(quantisedRows(x), entries, scales);
}

export const toFloat = (x: Value): Value => apply(TO_FLOAT, [x], undefined);
