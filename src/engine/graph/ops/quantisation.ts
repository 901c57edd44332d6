import { apply, lengthOf, ShapeError, type Operation, type Shape, type Value } from '../value';

/** What entries can be before they are quantised. */
interface Signs {
  /** No entry is below 0, so all 256 steps can go upwards. */
  readonly positive: boolean;
}

/** Largest magnitude of a signed byte; −128 is left out so that negation is exact. */
export const LARGEST = 127;
const LARGEST_UNSIGNED = 255;
/** Largest magnitude of a row of zeros: anything above 0, so that nothing is divided by 0. */
const SMALLEST = 1e-28;

/** A number for each row of a matrix, as a column. */
const column = ([rows = 0]: Shape): Shape => [rows, 1];

/** The unsigned byte that stands for 0: a product of unsigned with signed bytes is the fast one on x64. */
const zeroPoint = ({ positive }: Signs): number => (positive ? 0 : 128);

/**
 * The step of a row's bytes: max |x| / 127, or max x / 255 where nothing is negative; x [N, K] → [N]. No derivative, as for
 * all of this file: it is used within rules that have their own.
 */
export const ROW_SCALE: Operation<Signs> = {
  name: 'rowScale',
  shape: ([x = []]) => {
    if (x.length !== 2) throw new ShapeError(`[${x.join(', ')}] is no matrix, whose rows are quantised`);
    return x.slice(0, 1);
  },
  onnx: (onnx, [x = ''], { positive }) => {
    const axis = onnx.constant('int64', [1], [-1]);
    const dropped = { keepdims: 0 };
    // Two readings of x are cheaper than one that writes |x|, and vectors than columns.
    const most = onnx.node('ReduceMax', [x, axis], dropped);
    const least = positive ? [] : [onnx.node('Neg', [onnx.node('ReduceMin', [x, axis], dropped)])];
    const largest = onnx.node('Max', [most, ...least, onnx.constant('float32', [], [SMALLEST])]);
    const steps = positive ? LARGEST_UNSIGNED : LARGEST;
    return onnx.node('Mul', [largest, onnx.constant('float32', [], [1 / steps])]);
  },
  tensorFlow: ({ tf, attributes: { positive } }, x) => {
    const largest = tf.maximum(tf.max(positive ? x : tf.abs(x), -1, false), SMALLEST);
    return tf.mul(largest, 1 / (positive ? LARGEST_UNSIGNED : LARGEST));
  },
};

/** round(x / scale), plus 128 where entries may be negative, as unsigned bytes: x [N, K], scale [N] → [N, K]. */
export const QUANTISE_ROWS: Operation<Signs> = {
  name: 'quantiseRows',
  type: 'uint8',
  shape: ([x = [], scale = []]) => {
    if (x.length !== 2 || scale.length !== 1 || scale[0] !== x[0])
      throw new ShapeError(`scales [${scale.join(', ')}] for the rows of [${x.join(', ')}]`);
    return x;
  },
  onnx: (onnx, [x = '', scale = ''], signs, { inputs }) => {
    const rows = lengthOf(inputs[0]?.shape ?? [], 0);
    const zero = onnx.constant('uint8', [rows], new Uint8Array(rows).fill(zeroPoint(signs)));
    return onnx.node('QuantizeLinear', [x, scale, zero], { axis: 0 });
  },
  tensorFlow: ({ tf, attributes, result }, x, scale) =>
    tf.add(tf.round(tf.div(x, tf.reshape(scale, column(result.shape)))), zeroPoint(attributes)),
};

/**
 * Product of quantised matrices: rowScale ∘ (q − zero) W ∘ columnScale, with q unsigned bytes [N, K], rowScale [N],
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
  onnx: (onnx, [q = '', rowScale = '', w = '', columnScale = ''], signs, { result }) => {
    const one = onnx.constant('float32', [], [1]);
    const zero = onnx.constant('uint8', [], [zeroPoint(signs)]);
    const sums = onnx.node('MatMulIntegerToFloat', [q, w, one, columnScale, zero], {}, 'com.microsoft');
    const scales = onnx.node('Reshape', [rowScale, onnx.constant('int64', [2], column(result.shape))]);
    return onnx.node('Mul', [sums, scales]);
  },
  tensorFlow: ({ tf, attributes, result }, q, rowScale, w, columnScale) => {
    const sums = tf.matMul(tf.sub(q, zeroPoint(attributes)), w, false, false);
    return tf.mul(tf.mul(sums, columnScale), tf.reshape(rowScale, column(result.shape)));
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
  /** float32 [N] */
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
