import { add, multiply, scale, subtract } from '../../graph/ops/elementwise';
import { product } from '../../graph/ops/contraction';
import { rows } from '../../graph/ops/lookup';
import { rotary } from '../../graph/ops/position';
import { concatenate, pad, reshape, slice } from '../../graph/ops/layout';
import { sum } from '../../graph/ops/reduction';
import { once } from '../../graph/once';
import { constant, lengthOf, type Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { MoraStructure } from '../structure';
import { wrapPad } from './grouping';
import { normalization } from './normalization';
import { blockCount, rotationTables, type RotationTables } from './rotation';
import { addWrapped, repeated, wrap } from './columnGroups';

/**
 * MoRA by rotation (type 6; Jiang et al. 2024, Eq. 9): output block b is M R_b x_b, where R_b turns the pairs
 * (k, k + r̂/2) as rotary position embedding does at position b. Blocks of all tokens are rows of one product with M.
 * Normalized, M = s N with the same number s for every entry, and dN = s dM.
 */
export function rotationGraph(structure: MoraStructure, m: Value): DeltaGraph {
  const { rHat, dIn, dOut } = structure;
  const half = rHat / 2;
  const blocks = blockCount(dIn, rHat);
  /** Blocks whose outputs are not all cropped away. */
  const used = Math.min(blocks, Math.ceil(dOut / rHat));
  const extra = wrapPad(structure);
  const tables = rotationTables(used, rHat);

  const s = structure.normalized ? (normalization(structure).outputs[0] ?? 1) : 1;
  const scaledM = s === 1 ? m : scale(m, s);

  /** The blocks of all tokens turned by R_b, or back: [N, used·r̂] → [N·used, r̂]. */
  const turned = (x: Value, direction: 1 | -1): Value => {
    const tokens = lengthOf(x.shape, 0);
    const numbers = Array.from({ length: tokens * used }, (_, row) => row % used);
    const [cos, sin] = [tables.cos, direction === 1 ? tables.sin : tables.sin.map((value) => -value)];
    const turns = rotary(
      reshape(x, [tokens, used, rHat]),
      constant([tokens, used], numbers, 'int64'),
      constant([used, half], cos),
      constant([used, half], sin),
      1,
    );
    return reshape(turns, [tokens * used, rHat]);
  };
  const turnedInputs = once((xND) => {
    // Blocks that are cropped away are not even wrapped.
    const whole = used < blocks ? xND : wrap(xND, extra);
    return turned(slice(whole, 1, 0, used * rHat), 1);
  });
  /** Output gradients by block, [N·used, r̂]. */
  const outputBlocks = once((gNO) => {
    const folded = foldOutputs(gNO, blocks * rHat, used * rHat);
    return reshape(folded, [lengthOf(gNO.shape, 0) * used, rHat]);
  });
  return {
    delta: () => fitOutputs(foldWrap(blockDiagonal(rotatedBlocks(scaledM, used, tables), blocks), dIn, extra), dOut),
    parameterGradients: (xND, gNO) => {
      const dM = sumOverRows(outputBlocks(gNO), turnedInputs(xND));
      return [s === 1 ? dM : scale(dM, s)];
    },
    output: (xND) => {
      const outputs = product(turnedInputs(xND), scaledM, { transposeB: true });
      const y = reshape(outputs, [lengthOf(xND.shape, 0), used * rHat]);
      return used * rHat >= dOut ? slice(y, 1, 0, dOut) : repeated(y, dOut);
    },
    inputGradient: (gNO) => {
      const tokens = lengthOf(gNO.shape, 0);
      const turnedGradient = reshape(product(outputBlocks(gNO), scaledM), [tokens, used * rHat]);
      const dx = reshape(turned(turnedGradient, -1), [tokens, used * rHat]);
      if (used < blocks) return pad(dx, 1, 0, dIn - used * rHat);
      return addWrapped(dx, extra === 0 ? undefined : slice(dx, 1, dIn, dIn + extra), dIn);
    },
  };
}

/**
 * aᵀ b of two matrices with the same, very many rows. In parts, which ONNX Runtime gives to threads: of one product each
 * thread would first copy all of a, for a result so small that copying takes longer than multiplying.
 */
function sumOverRows(a: Value, b: Value): Value {
  const rowCount = lengthOf(a.shape, 0);
  const parts = rowCount % PARTS === 0 ? PARTS : 1;
  const split = (x: Value): Value => reshape(x, [parts, rowCount / parts, lengthOf(x.shape, 1)]);
  return reshape(sum(product(split(a), split(b), { transposeA: true }), [0]), [
    lengthOf(a.shape, 1),
    lengthOf(b.shape, 1),
  ]);
}

const PARTS = 4;

/** M R_b of the first `used` blocks, [used, r̂, r̂]. */
function rotatedBlocks(m: Value, used: number, tables: RotationTables): Value {
  const rHat = lengthOf(m.shape, 0);
  const half = rHat / 2;
  const [cos, sin] = [constant([used, 1, half], tables.cos), constant([used, 1, half], tables.sin)];
  const whole = reshape(m, [1, rHat, rHat]);
  const [first, second] = [slice(whole, 2, 0, half), slice(whole, 2, half, rHat)];
  return concatenate(
    [add(multiply(first, cos), multiply(second, sin)), subtract(multiply(second, cos), multiply(first, sin))],
    2,
  );
}

/** [used, r̂, r̂] → [used·r̂, blocks·r̂] with the matrices on the diagonal. */
function blockDiagonal(matrices: Value, blocks: number): Value {
  const [used, rHat] = [lengthOf(matrices.shape, 0), lengthOf(matrices.shape, 1)];
  const identity = Array.from({ length: used * blocks }, (_, index) =>
    Number(Math.floor(index / blocks) === index % blocks),
  );
  const spread = multiply(reshape(matrices, [used, rHat, 1, rHat]), constant([used, 1, blocks, 1], identity));
  return reshape(spread, [used * rHat, blocks * rHat]);
}

/** Columns beyond dIn stand for the first inputs again: they are added to the first columns. */
function foldWrap(matrix: Value, dIn: number, extra: number): Value {
  if (extra === 0) return matrix;
  const folded = add(slice(matrix, 1, 0, extra), slice(matrix, 1, dIn, dIn + extra));
  // r̂ > dIn wraps everything that there is.
  return extra === dIn ? folded : concatenate([folded, slice(matrix, 1, extra, dIn)], 1);
}

/** Crops the rows to dOut, or repeats all of them until there are dOut. */
function fitOutputs(matrix: Value, dOut: number): Value {
  const height = lengthOf(matrix.shape, 0);
  if (height >= dOut) return slice(matrix, 0, 0, dOut);
  const indices = Array.from({ length: dOut }, (_, index) => index % height);
  return rows(matrix, constant([dOut], indices, 'int64'));
}

/** The transpose of fitOutputs on gradients: gNO [N, dOut] → [N, used]; repeated outputs add up, cropped ones are 0. */
function foldOutputs(gNO: Value, period: number, used: number): Value {
  const [tokens, width] = [lengthOf(gNO.shape, 0), lengthOf(gNO.shape, 1)];
  if (width <= period) return pad(gNO, 1, 0, used - width);
  const repeats = Math.ceil(width / period);
  const padded = pad(gNO, 1, 0, repeats * period - width);
  return reshape(sum(reshape(padded, [tokens, repeats, period]), [1]), [tokens, period]);
}
