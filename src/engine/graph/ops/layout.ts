import {
  apply,
  lengthOf,
  sameShape,
  ShapeError,
  sizeOf,
  type OnnxEmitter,
  type Operation,
  type Shape,
  type Value,
} from '../value';
import { sumTo } from './reduction';

export const RESHAPE: Operation<{ readonly shape: Shape }> = {
  name: 'reshape',
  shape: ([x = []], { shape }) => {
    if (sizeOf(x) !== sizeOf(shape))
      throw new ShapeError(`[${x.join(', ')}] does not reshape to [${shape.join(', ')}]`);
    return shape;
  },
  derivative: (gradient, [x]) => [x === undefined ? null : reshape(gradient, x.shape)],
  onnx: (onnx, [x = ''], { shape }) => onnx.node('Reshape', [x, onnx.constant('int64', [shape.length], shape)]),
  tensorFlow: ({ tf, attributes: { shape } }, x) => tf.reshape(x, shape),
};

export const TRANSPOSE: Operation<{ readonly permutation: readonly number[] }> = {
  name: 'transpose',
  shape: ([x = []], { permutation }) => permutation.map((axis) => lengthOf(x, axis)),
  derivative: (gradient, _inputs, _result, { permutation }) => [
    transpose(
      gradient,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  onnx: (onnx, inputs, { permutation }) => onnx.node('Transpose', inputs, { perm: permutation }),
  tensorFlow: ({ tf, attributes: { permutation } }, x) => tf.transpose(x, permutation),
};

/** Repeats axes of length 1 (and leading axes) to a larger shape. */
export const BROADCAST: Operation<{ readonly shape: Shape }> = {
  name: 'broadcast',
  shape: (_inputs, { shape }) => shape,
  derivative: (gradient, [x]) => [x === undefined ? null : sumTo(gradient, x.shape)],
  onnx: (onnx, [x = ''], { shape }) => onnx.node('Expand', [x, onnx.constant('int64', [shape.length], shape)]),
  tensorFlow: ({ tf, attributes: { shape } }, x) => tf.broadcastTo(x, shape),
};

interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export const SLICE: Operation<Range> = {
  name: 'slice',
  shape: ([x = []], { axis, start, end }) => {
    const length = lengthOf(x, axis);
    if (start < 0 || end > length || start >= end)
      throw new ShapeError(`slice ${start}..${end} of an axis of length ${length}`);
    return x.map((size, other) => (other === axis ? end - start : size));
  },
  derivative: (gradient, [x], _result, { axis, start, end }) => [
    x === undefined ? null : pad(gradient, axis, start, lengthOf(x.shape, axis) - end),
  ],
  onnx: (onnx, [x = ''], { axis, start, end }) =>
    onnx.node('Slice', [x, ...[start, end, axis].map((value) => onnx.constant('int64', [1], [value]))]),
  tensorFlow: ({ tf, attributes: { axis, start }, result }, x) => {
    const begin = result.shape.map((_, other) => (other === axis ? start : 0));
    return tf.slice(x, begin, result.shape);
  },
};

/** Zeros before and after along one axis. */
export const PAD: Operation<{ readonly axis: number; readonly before: number; readonly after: number }> = {
  name: 'pad',
  shape: ([x = []], { axis, before, after }) => x.map((size, other) => (other === axis ? size + before + after : size)),
  derivative: (gradient, [x], _result, { axis, before }) => [
    x === undefined ? null : slice(gradient, axis, before, before + lengthOf(x.shape, axis)),
  ],
  onnx: (onnx, [x = ''], { axis, before, after }, { result: { shape } }) => {
    if (!onnx.traits.padsByJoining)
      return onnx.node('Pad', [
        x,
        onnx.constant('int64', [2], [before, after]),
        '',
        onnx.constant('int64', [1], [axis]),
      ]);
    const zeros = (count: number): string[] => zeroPieces(onnx, shape, axis, count);
    return onnx.node('Concat', [...zeros(before), x, ...zeros(after)], { axis });
  },
  tensorFlow: ({ tf, attributes: { axis, before, after }, result }, x) => {
    const added = result.shape.map((_, other) => (other === axis ? ([before, after] as const) : ([0, 0] as const)));
    return tf.pad(x, added);
  },
};

/** `count` zeros along an axis, of few constants: the same piece many times, and what is left over. */
function zeroPieces(onnx: OnnxEmitter, shape: Shape, axis: number, count: number): string[] {
  const piece = (length: number): string => {
    const pieceShape = shape.map((size, other) => (other === axis ? length : size));
    return onnx.constant('float32', pieceShape, new Float32Array(sizeOf(pieceShape)));
  };
  const whole = Math.floor(count / ZERO_PIECE);
  const pieces = whole > 0 ? new Array<string>(whole).fill(piece(ZERO_PIECE)) : [];
  return count % ZERO_PIECE === 0 ? pieces : [...pieces, piece(count % ZERO_PIECE)];
}

const ZERO_PIECE = 64;

export const CONCATENATE: Operation<{ readonly axis: number }> = {
  name: 'concatenate',
  shape: (inputs, { axis }) => {
    const first = inputs[0] ?? [];
    const total = inputs.reduce((length, shape) => length + lengthOf(shape, axis), 0);
    for (const shape of inputs) {
      if (!shape.every((size, other) => other === axis || size === first[other])) {
        throw new ShapeError(`[${first.join(', ')}] and [${shape.join(', ')}] do not join along axis ${axis}`);
      }
    }
    return first.map((size, other) => (other === axis ? total : size));
  },
  derivative: (gradient, inputs, _result, { axis }) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const end = start + lengthOf(shape, axis);
      const part = slice(gradient, axis, start, end);
      start = end;
      return part;
    });
  },
  onnx: (onnx, inputs, { axis }) => onnx.node('Concat', inputs, { axis }),
  tensorFlow: ({ tf, attributes: { axis } }, ...parts) => tf.concat(parts, axis),
};

export const reshape = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(RESHAPE, [x], { shape });

export const transpose = (x: Value, permutation: readonly number[]): Value => apply(TRANSPOSE, [x], { permutation });

export const broadcastTo = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(BROADCAST, [x], { shape });

/** Entries start..end−1 along an axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  return start === 0 && end === x.shape[axis] ? x : apply(SLICE, [x], { axis, start, end });
}

export function pad(x: Value, axis: number, before: number, after: number): Value {
  return before === 0 && after === 0 ? x : apply(PAD, [x], { axis, before, after });
}

export function concatenate(parts: readonly Value[], axis: number): Value {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : apply(CONCATENATE, parts, { axis });
}
