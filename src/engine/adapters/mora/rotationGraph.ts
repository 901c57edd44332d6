import { add, multiply, scale, subtract } from '../../graph/ops/elementwise';
import { product } from '../../graph/ops/contraction';
import { rows } from '../../graph/ops/lookup';
import { concatenate, pad, reshape, slice, transpose } from '../../graph/ops/layout';
import { sum } from '../../graph/ops/reduction';
import { once } from '../../graph/once';
import { constant, lengthOf, type Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { MoraStructure } from '../structure';
import { wrapPad } from './grouping';
import { normalization } from './normalization';
import { blockCount, rotationTables } from './rotation';
import { addWrapped, repeated, wrap } from './columnGroups';

/**
 * MoRA by rotation (type 6; Jiang et al. 2024, Eq. 9): output block b is M R_b x_b.
 * With G_b = g_bᵀ x_b the gradient is dM = Σ_b G_b R_bᵀ; the activations themselves are never rotated.
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
  const cos = constant([used, 1, half], tables.cos);
  const sin = constant([used, 1, half], tables.sin);

  const s = structure.normalized ? (normalization(structure).outputs[0] ?? 1) : 1;
  const scaledBy = (x: Value): Value => (s === 1 ? x : scale(x, s));

  /** M R_b [used, r̂, r̂]. */
  const rotated = (): Value => {
    const [first, second] = halves(reshape(scaledBy(m), [1, rHat, rHat]), half);
    return concatenate(
      [add(multiply(first, cos), multiply(second, sin)), subtract(multiply(second, cos), multiply(first, sin))],
      2,
    );
  };
  /** Inputs and output gradients by block, [used, N, r̂]. */
  const inputBlocks = once((xND) => blockColumns(wrap(xND, extra), blocks, rHat, used));
  const outputBlocks = once((gNO) => blockColumns(foldOutputs(gNO, blocks * rHat, used * rHat), used, rHat, used));
  return {
    delta: () => fitOutputs(foldWrap(blockDiagonal(rotated(), blocks), dIn, extra), dOut),
    parameterGradients: (xND, gNO) => {
      const [first, second] = halves(product(outputBlocks(gNO), inputBlocks(xND), { transposeA: true }), half);
      const back = concatenate(
        [subtract(multiply(first, cos), multiply(second, sin)), add(multiply(first, sin), multiply(second, cos))],
        2,
      );
      return [scaledBy(reshape(sum(back, [0]), [rHat, rHat]))];
    },
    output: (xND) => {
      const y = joinColumns(product(inputBlocks(xND), rotated(), { transposeB: true }));
      return used * rHat >= dOut ? slice(y, 1, 0, dOut) : repeated(y, dOut);
    },
    inputGradient: (gNO) => {
      const dx = pad(joinColumns(product(outputBlocks(gNO), rotated())), 1, 0, (blocks - used) * rHat);
      return addWrapped(slice(dx, 1, 0, dIn), extra === 0 ? undefined : slice(dx, 1, dIn, dIn + extra));
    },
  };
}

function halves(x: Value, half: number): [Value, Value] {
  return [slice(x, 2, 0, half), slice(x, 2, half, 2 * half)];
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

/** [N, blocks·r̂] → [used, N, r̂]: the columns of each block. */
function blockColumns(x: Value, blocks: number, rHat: number, used: number): Value {
  const tokens = lengthOf(x.shape, 0);
  const cropped = slice(reshape(x, [tokens, blocks, rHat]), 1, 0, used);
  return transpose(cropped, [1, 0, 2]);
}

/** [used, N, r̂] → [N, used·r̂] */
function joinColumns(x: Value): Value {
  const [used, tokens, rHat] = [lengthOf(x.shape, 0), lengthOf(x.shape, 1), lengthOf(x.shape, 2)];
  return reshape(transpose(x, [1, 0, 2]), [tokens, used * rHat]);
}
