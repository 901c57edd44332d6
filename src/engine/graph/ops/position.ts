import type { TfTensor } from '../tensorFlow';
import { apply, ShapeError, type Operation, type Value } from '../value';
import { scale } from './elementwise';

interface Heads {
  readonly heads: number;
}

/**
 * Rotary position embedding (Su et al. 2021), rotate-half pairs (k, k + size/2) of the first `size` numbers of each head;
 * the others stay. x [B, T, heads·headSize], positions [B, T], cosines and sines [maximum position, size/2].
 * Pairs turn, perhaps scaled by one magnitude, so the derivative is the turn back: the same with negated sines.
 */
export const ROTARY: Operation<Heads> = {
  name: 'rotary',
  shape: ([x = [], , cosines = []], { heads }) => {
    const headSize = (x[2] ?? 0) / heads;
    if (x.length !== 3 || !Number.isInteger(headSize) || 2 * (cosines[1] ?? Infinity) > headSize) {
      throw new ShapeError(
        `rotary embedding of [${x.join(', ')}] with ${heads} heads and table [${cosines.join(', ')}]`,
      );
    }
    return x;
  },
  derivative: (gradient, [, positions, cosines, sines], _result, { heads }) =>
    positions && cosines && sines
      ? [rotary(gradient, positions, cosines, scale(sines, -1), heads), null, null, null]
      : [null, null, null, null],
  onnx: (onnx, inputs, { heads }, { inputs: [x, , cosines] }) => {
    const size = 2 * (cosines?.shape[1] ?? 0);
    const partial = size < (x?.shape[2] ?? 0) / heads;
    return onnx.node(
      'RotaryEmbedding',
      inputs,
      { num_heads: heads, interleaved: 0, ...(partial && { rotary_embedding_dim: size }) },
      'com.microsoft',
    );
  },
  tensorFlow: ({ tf, attributes: { heads }, inputs: [, , table], result }, x, positions, cosines, sines) => {
    const [batch = 0, length = 0, width = 0] = result.shape;
    const half = table?.shape[1] ?? 0;
    const headSize = width / heads;
    const split = tf.reshape(x, [batch, length, heads, headSize]);
    const part = (start: number, size: number): TfTensor =>
      tf.slice(split, [0, 0, 0, start], [batch, length, heads, size]);
    const angles = (values: TfTensor): TfTensor =>
      tf.reshape(tf.gather(values, positions, 0), [batch, length, 1, half]);
    const [left, right, cos, sin] = [part(0, half), part(half, half), angles(cosines), angles(sines)];
    const turned = [tf.sub(tf.mul(left, cos), tf.mul(right, sin)), tf.add(tf.mul(right, cos), tf.mul(left, sin))];
    const rest = headSize > 2 * half ? [part(2 * half, headSize - 2 * half)] : [];
    return tf.reshape(tf.concat([...turned, ...rest], 3), result.shape);
  },
};

export function rotary(x: Value, positions: Value, cosines: Value, sines: Value, heads: number): Value {
  return apply(ROTARY, [x, positions, cosines, sines], { heads });
}
