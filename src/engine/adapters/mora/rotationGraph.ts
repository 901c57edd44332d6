import { add, multiply, scale } from '../../graph/ops/elementwise';
import { product } from '../../graph/ops/contraction';
import { withDerivative } from '../../graph/ops/derived';
import { rows } from '../../graph/ops/lookup';
import { after } from '../../graph/ops/order';
import { broadcastTo, concatenate, pad, reshape, slice } from '../../graph/ops/layout';
import { sum } from '../../graph/ops/reduction';
import { constant, lengthOf, type Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { MoraStructure } from '../structure';
import { wrapPad } from './grouping';
import { normalization } from './normalization';
import { blockCount } from './rotation';
import { repeated, sumPeriods } from './columnGroups';
import { turnedBlocks } from './turnedBlocks';

/**
 * MoRA by rotation (type 6; Jiang et al. 2024, Eq. 9): output block b is M R_b x_b, where R_b turns the pairs
 * (k, k + r̂/2) as rotary position embedding does at position b. Blocks of all tokens are rows of one product with M.
 * Normalized, M = s N with the same number s for every entry, and dN = s dM.
 */
export function rotationGraph(structure: MoraStructure, m: Value): DeltaGraph {
  const { rHat, dIn, dOut } = structure;
  const blocks = blockCount(dIn, rHat);
  /** Blocks whose outputs are not all cropped away. */
  const used = Math.min(blocks, Math.ceil(dOut / rHat));
  const extra = wrapPad(structure);
  const turned = turnedBlocks({ dIn, rHat, used, extra: used < blocks ? 0 : extra });

  const s = structure.normalized ? (normalization(structure).outputs[0] ?? 1) : 1;
  const scaled = (x: Value): Value => (s === 1 ? x : scale(x, s));
  const scaledM = scaled(m);

  /** M R_b [used, r̂, r̂]: the rows of M, turned back for each block. */
  const turnedM = (): Value => {
    const copies = broadcastTo(reshape(scaledM, [1, rHat, rHat]), [used, rHat, rHat]);
    return reshape(turned.rowsTurnedBack(reshape(copies, [used * rHat, rHat])), [used, rHat, rHat]);
  };
  /** The gradient of all tokens' output blocks as rows: [N, dOut] → [N·used, r̂]. */
  const outputBlocks = (gNO: Value): Value =>
    reshape(foldOutputs(gNO, blocks * rHat, used * rHat), [lengthOf(gNO.shape, 0) * used, rHat]);
  return {
    delta: () => fitOutputs(foldWrap(blockDiagonal(turnedM(), blocks), dIn, extra), dOut),
    parameterGradients: (xND, gNO) => [scaled(sumOverRows(outputBlocks(gNO), turned.of(xND)))],
    output: (xND) => {
      const inputs = turned.of(xND);
      const y = reshape(product(inputs, scaledM, { transposeB: true }), [lengthOf(xND.shape, 0), used * rHat]);
      const fitted = used * rHat >= dOut ? slice(y, 1, 0, dOut) : repeated(y, dOut);
      return withDerivative(fitted, [inputs, m], (gNO) => {
        const gradient = outputBlocks(gNO);
        const dM = sumOverRows(gradient, inputs);
        return [product(after(gradient, [dM]), scaledM), scaled(dM)];
      });
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
  return sum(product(split(a), split(b), { transposeA: true }), [0], { dropped: true });
}

const PARTS = 4;

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
  const width = lengthOf(gNO.shape, 1);
  return width <= period ? pad(gNO, 1, 0, used - width) : sumPeriods(gNO, period);
}
