import { add, multiply, scale } from '../../graph/ops/elementwise';
import { product } from '../../graph/ops/contraction';
import { rows } from '../../graph/ops/lookup';
import { rotary } from '../../graph/ops/position';
import { broadcastTo, concatenate, pad, reshape, slice } from '../../graph/ops/layout';
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
  const cos = constant([used, half], tables.cos);
  const sin = constant([used, half], tables.sin);
  const back = constant(
    [used, half],
    tables.sin.map((value) => -value),
  );

  const s = structure.normalized ? (normalization(structure).outputs[0] ?? 1) : 1;
  const scaledM = s === 1 ? m : scale(m, s);

  /** Rows x [n, r̂] turned by R_b, with a block b for each. With `back` for `sin` they are turned back. */
  const turned = (x: Value, blockOf: (row: number) => number, sines = sin): Value => {
    const count = lengthOf(x.shape, 0);
    const numbers = Array.from({ length: count }, (_, row) => blockOf(row));
    const turns = rotary(reshape(x, [count, 1, rHat]), constant([count, 1], numbers, 'int64'), cos, sines, 1);
    return reshape(turns, [count, rHat]);
  };
  /** The blocks of all tokens as rows: [N, used·r̂] → [N·used, r̂]; and back. */
  const asRows = (x: Value): Value => reshape(x, [lengthOf(x.shape, 0) * used, rHat]);
  const joined = (x: Value): Value => reshape(x, [lengthOf(x.shape, 0) / used, used * rHat]);
  const ofToken = (row: number): number => row % used;

  const turnedInputs = once((xND) => {
    // Blocks that are cropped away are not even wrapped.
    const whole = used < blocks ? xND : wrap(xND, extra);
    return turned(asRows(slice(whole, 1, 0, used * rHat)), ofToken);
  });
  const outputBlocks = once((gNO) => asRows(foldOutputs(gNO, blocks * rHat, used * rHat)));
  /** M R_b [used, r̂, r̂]: the rows of M, turned back for each block. */
  const turnedM = (): Value => {
    const copies = broadcastTo(reshape(scaledM, [1, rHat, rHat]), [used, rHat, rHat]);
    const rowsOfM = turned(reshape(copies, [used * rHat, rHat]), (row) => Math.floor(row / rHat), back);
    return reshape(rowsOfM, [used, rHat, rHat]);
  };
  return {
    delta: () => fitOutputs(foldWrap(blockDiagonal(turnedM(), blocks), dIn, extra), dOut),
    parameterGradients: (xND, gNO) => {
      const dM = sumOverRows(outputBlocks(gNO), turnedInputs(xND));
      return [s === 1 ? dM : scale(dM, s)];
    },
    output: (xND) => {
      const y = joined(product(turnedInputs(xND), scaledM, { transposeB: true }));
      return used * rHat >= dOut ? slice(y, 1, 0, dOut) : repeated(y, dOut);
    },
    inputGradient: (gNO) => {
      const dx = joined(turned(product(outputBlocks(gNO), scaledM), ofToken, back));
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
