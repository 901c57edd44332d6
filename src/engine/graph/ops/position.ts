import { apply, ShapeError, type Operation, type Value } from '../value';
import { scale } from './elementwise';

/**
 * Rotary position embedding (Su et al. 2021), rotate-half pairs (k, k + headSize/2).
 * x [B, T, heads·headSize], positions [B, T], cosines and sines [maximum position, headSize/2].
 * A rotation is orthogonal, so the derivative is the rotation back: the same with negated sines.
 */
export const ROTARY: Operation<{ readonly heads: number }> = {
  name: 'rotary',
  shape: ([x = [], , cosines = []], { heads }) => {
    if (x.length !== 3 || x[2] !== 2 * heads * (cosines[1] ?? 0)) {
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
  onnx: (onnx, inputs, { heads }) =>
    onnx.node('RotaryEmbedding', inputs, { num_heads: heads, interleaved: 0 }, 'com.microsoft'),
};

export function rotary(x: Value, positions: Value, cosines: Value, sines: Value, heads: number): Value {
  return apply(ROTARY, [x, positions, cosines, sines], { heads });
}
