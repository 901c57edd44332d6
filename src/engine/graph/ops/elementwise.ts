import { apply, constant, sameShape, ShapeError, type Operation, type Shape, type Value } from '../value';
import { after } from './order';
import { sumTo } from './reduction';

/** Shape of a binary operation with NumPy broadcasting. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}

const binaryShape = ([a, b]: readonly Shape[]): Shape => broadcastShape(a ?? [], b ?? []);
const unaryShape = ([x]: readonly Shape[]): Shape => x ?? [];

export const ADD: Operation = {
  name: 'add',
  shape: binaryShape,
  derivative: (gradient, [a, b]) => [sumTo(gradient, shapeOf(a)), sumTo(gradient, shapeOf(b))],
  onnx: (onnx, inputs) => onnx.node('Add', inputs),
  tensorFlow: ({ tf }, a, b) => tf.add(a, b),
};

export const SUBTRACT: Operation = {
  name: 'subtract',
  shape: binaryShape,
  derivative: (gradient, [a, b]) => [sumTo(gradient, shapeOf(a)), sumTo(scale(gradient, -1), shapeOf(b))],
  onnx: (onnx, inputs) => onnx.node('Sub', inputs),
  tensorFlow: ({ tf }, a, b) => tf.sub(a, b),
};

export const MULTIPLY: Operation = {
  name: 'multiply',
  shape: binaryShape,
  derivative: (gradient, [a, b]) => [
    sumTo(multiply(gradient, present(b)), shapeOf(a)),
    sumTo(multiply(gradient, present(a)), shapeOf(b)),
  ],
  onnx: (onnx, inputs) => onnx.node('Mul', inputs),
  tensorFlow: ({ tf }, a, b) => tf.mul(a, b),
};

/** c·x for a number c. */
export const SCALE: Operation<{ readonly factor: number }> = {
  name: 'scale',
  shape: unaryShape,
  derivative: (gradient, _inputs, _result, { factor }) => [scale(gradient, factor)],
  onnx: (onnx, [x], { factor }) => onnx.node('Mul', [x ?? '', onnx.constant('float32', [], [factor])]),
  tensorFlow: ({ tf, attributes: { factor } }, x) => tf.mul(x, factor),
};

/** σ(x) = 1 / (1 + e⁻ˣ);  σ' = σ (1 − σ). */
export const SIGMOID: Operation = {
  name: 'sigmoid',
  shape: unaryShape,
  derivative: (gradient, _inputs, result) => [multiply(gradient, subtract(result, multiply(result, result)))],
  onnx: (onnx, inputs) => onnx.node('Sigmoid', inputs),
  tensorFlow: ({ tf }, x) => tf.sigmoid(x),
};

/**
 * SwiGLU (Shazeer 2020): y = silu(gate) · up with silu(x) = x σ(x), which ONNX Runtime's QuickGelu with α = 1 is in one pass.
 * With w = g σ(gate):  dup = w gate,  dgate = up (w + dup (1 − σ(gate))).
 */
export const SWIGLU: Operation = {
  name: 'swiglu',
  shape: ([gate = [], up = []]) => {
    if (!sameShape(gate, up)) throw new ShapeError(`gate [${gate.join(', ')}] for [${up.join(', ')}]`);
    return gate;
  },
  derivative: (gradient, [gateValue, upValue]) => {
    const [gate, up] = [present(gateValue), present(upValue)];
    // Computed before the gradient arrives, σ would only have to be fetched from memory again.
    const s = sigmoid(after(gate, [gradient]));
    const w = multiply(gradient, s);
    const dUp = multiply(w, gate);
    return [multiply(add(w, subtract(dUp, multiply(dUp, s))), up), dUp];
  },
  onnx: (onnx, [gate = '', up = '']) =>
    onnx.node('Mul', [onnx.node('QuickGelu', [gate], { alpha: { float: 1 } }, 'com.microsoft'), up]),
  tensorFlow: ({ tf }, gate, up) => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up),
};

/** tanh' = 1 − tanh². */
export const TANH: Operation = {
  name: 'tanh',
  shape: unaryShape,
  derivative: (gradient, _inputs, result) => [subtract(gradient, multiply(gradient, multiply(result, result)))],
  onnx: (onnx, inputs) => onnx.node('Tanh', inputs),
  tensorFlow: ({ tf }, x) => tf.tanh(x),
};

/**
 * GELU in its tanh form (Hendrycks & Gimpel 2016): y = ½ x (1 + t), t = tanh u, u = c (x + a x³), c = √(2/π), a = 0.044715.
 * y' = ½ (1 + t) + ½ x (1 − t²) c (1 + 3 a x²).
 */
export const GELU_TANH: Operation = {
  name: 'geluTanh',
  shape: unaryShape,
  derivative: (gradient, [operand]) => {
    const x = present(operand);
    const square = multiply(x, x);
    const t = tanh(scale(multiply(x, shift(scale(square, GELU_CUBE), 1)), GELU_SCALE));
    const slope = scale(shift(scale(square, 3 * GELU_CUBE), 1), GELU_SCALE);
    const bend = multiply(multiply(x, subtract(constant([], [1]), multiply(t, t))), slope);
    return [multiply(gradient, scale(add(shift(t, 1), bend), 0.5))];
  },
  onnx: (onnx, inputs) => onnx.node('Gelu', inputs, { approximate: 'tanh' }),
  tensorFlow: ({ tf }, x) => {
    const u = tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), GELU_CUBE), 1)), GELU_SCALE);
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(u), 1));
  },
};

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** 1 where two tensors of whole numbers agree, else 0. Not differentiable. */
export const EQUAL: Operation = {
  name: 'equal',
  shape: binaryShape,
  type: 'float32',
  onnx: (onnx, inputs) => onnx.node('Cast', [onnx.node('Equal', inputs)], { to: 1 }),
  tensorFlow: ({ tf }, a, b) => tf.cast(tf.equal(a, b), 'float32'),
};

export const add = (a: Value, b: Value): Value => apply(ADD, [a, b], undefined);
export const subtract = (a: Value, b: Value): Value => apply(SUBTRACT, [a, b], undefined);
export const multiply = (a: Value, b: Value): Value => apply(MULTIPLY, [a, b], undefined);
/** x + c for a number c. */
export const shift = (x: Value, offset: number): Value => (offset === 0 ? x : add(x, constant([], [offset])));
export const scale = (x: Value, factor: number): Value => (factor === 1 ? x : apply(SCALE, [x], { factor }));
export const sigmoid = (x: Value): Value => apply(SIGMOID, [x], undefined);
export const swiglu = (gate: Value, up: Value): Value => apply(SWIGLU, [gate, up], undefined);
export const tanh = (x: Value): Value => apply(TANH, [x], undefined);
export const geluTanh = (x: Value): Value => apply(GELU_TANH, [x], undefined);
export const equal = (a: Value, b: Value): Value => apply(EQUAL, [a, b], undefined);

function present(value: Value | undefined): Value {
  if (value === undefined) throw new ShapeError('an operand is missing');
  return value;
}

function shapeOf(value: Value | undefined): Shape {
  return present(value).shape;
}
