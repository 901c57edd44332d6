import { UserError } from '../../config/userError';
import { isFloatDtype, type Dtype, type FloatDtype } from '../weights/dtype';
import { convertFloats } from '../weights/floatConversion';
import { FLOAT_BYTES, roundFloats } from '../weights/roundFloats';
import type { SafetensorsFile } from '../weights/safetensors';

/** Numbers rounded at once: bounds the memory beside the tensor. */
const PIECE = 1 << 20;

/** The values of a stored tensor as float32, piece by piece; the pieces share one buffer. */
export async function* floatPieces(file: SafetensorsFile, name: string): AsyncGenerator<Float32Array> {
  const { dtype } = file.entry(name);
  if (!isFloatDtype(dtype)) throw notFloat(file.file, name, dtype);
  let values: Float32Array | undefined;
  for await (const bytes of file.pieces(name)) {
    const count = bytes.length / FLOAT_BYTES[dtype];
    values ??= new Float32Array(count);
    if (dtype === 'F32') values.set(new Float32Array(bytes.buffer, bytes.byteOffset, count));
    else convertFloats(dtype, bytes, values, 0);
    yield values.subarray(0, count);
  }
}

/** A tensor in memory, piece by piece. */
export async function* piecesOf(values: Float32Array): AsyncGenerator<Float32Array> {
  for (let at = 0; at < values.length; at += PIECE) yield values.subarray(at, at + PIECE);
}

/**
 * The bytes of float32 pieces in `dtype`, each number rounded to the nearest, ties to even; the results share one
 * buffer. Throws a UserError when a number is too large for `dtype`. `what` names the tensor in errors.
 */
export async function* roundedPieces(
  pieces: AsyncIterable<Float32Array>,
  dtype: Dtype,
  what: { readonly file: string; readonly name: string },
): AsyncGenerator<Uint8Array> {
  if (!isFloatDtype(dtype)) throw notFloat(what.file, what.name, dtype);
  let output: Uint8Array<ArrayBuffer> | undefined;
  let at = 0;
  for await (const values of pieces) {
    output ??= new Uint8Array(values.length * FLOAT_BYTES[dtype]);
    const large = values.findIndex((value) => Math.abs(value) >= OVERFLOW[dtype] && Number.isFinite(value));
    if (large >= 0) {
      throw new UserError(
        `${what.file}: entry ${at + large} of tensor "${what.name}" is ${values[large] ?? NaN}, too large for ${dtype}; give --dtype float32 or bfloat16.`,
      );
    }
    yield roundFloats(dtype, values, output);
    at += values.length;
  }
}

/** From here on a number of this format is rounded to infinity. */
const OVERFLOW: Readonly<Record<FloatDtype, number>> = {
  F64: Infinity,
  F32: Infinity,
  F16: 65_520,
  BF16: (2 - 2 ** -8) * 2 ** 127,
};

function notFloat(file: string, name: string, dtype: Dtype): UserError {
  return new UserError(
    `${file}: tensor "${name}" has dtype ${dtype}, to which no adapter can be added; use the model's original weights.`,
  );
}
