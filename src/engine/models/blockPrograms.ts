import type { BaseFormat } from '../adapters/frozenWeight';
import { gradient } from '../graph/gradient';
import { partition, type Keep, type SplitGraph } from '../graph/partition';
import { multiply } from '../graph/ops/elementwise';
import { sum } from '../graph/ops/reduction';
import { input, type ElementType, type Shape, type Value } from '../graph/value';
import { adapterInputs, type BlockStructures } from './adapterInputs';
import { attention, maskShape, queryTiles } from './attention';
import { block } from './block';
import { isNorm, type DecoderConfig, type LayerKind } from './decoderConfig';
import { frozenInputs, linearWeights } from './frozenInputs';

/** Rows and tokens a row of a batch. */
export interface BatchShape {
  readonly rows: number;
  readonly length: number;
}

export interface BlockProgramOptions {
  readonly keep: Keep;
  /** Format of the frozen linear weights; float32 unless given. */
  readonly base?: BaseFormat;
  /** Whether the gradient of the block's input is wanted; the lowest adapted block needs none. */
  readonly inputGradient: boolean;
  /** Layers of another kind share the programs when they turn as many numbers of a head: mask and angles are inputs. */
  readonly kind: LayerKind;
  /** Whether the block's norms are trained: their gradients are then outputs by the names of their tensors. */
  readonly trainedNorms: boolean;
  /** The backward program gives the squared norms of `weightNorms` instead of the gradients of what is trained. */
  readonly weightNorms?: boolean;
}

/** Names of two outputs [1, 1] of a backward program that measures: ‖W‖² of a frozen weight and ‖∂L/∂W‖². */
export function weightNormOutputs(module: string): { readonly weight: string; readonly gradient: string } {
  return { weight: `${module}.weightSquare`, gradient: `${module}.gradientSquare` };
}

/** Name of the input that is the mask of a tile of queries. */
export const maskInput = (tile: number): string => `mask.${tile}`;

/**
 * Forward and backward program of a decoder block for one batch shape. Inputs: "x" [B·T, D], a mask for each tile of
 * queries, "positions", "cosines" and "sines" where the layer turns, the frozen tensors by name, the parameters; backward
 * also "outputGradient" [B·T, D]. Outputs: forward "y", backward "inputGradient" and one gradient for each parameter and
 * each trained norm, or `weightNorms`.
 */
export function blockPrograms(
  config: DecoderConfig,
  { rows, length }: BatchShape,
  structures: BlockStructures,
  options: BlockProgramOptions,
): SplitGraph {
  const inputs = new Map<string, Value>();
  const named = (name: string, shape: Shape, type?: ElementType): Value => {
    const value = input(name, shape, type);
    inputs.set(name, value);
    return value;
  };
  const x = named('x', [rows * length, config.hiddenSize]);
  const masks = queryTiles(length).map(({ start, end }, index) =>
    named(maskInput(index), maskShape(rows, { start, end })),
  );
  const { rotary } = options.kind;
  const angles = rotary && {
    positions: named('positions', [rows, length], 'int64'),
    cosines: named('cosines', [length, rotary.size / 2]),
    sines: named('sines', [length, rotary.size / 2]),
  };
  const frozen = frozenInputs(config, options.base ?? 'float32', named);
  const { adapters, parameters } = adapterInputs(structures, named);
  const attend = (q: Value, k: Value, v: Value): Value => attention(q, k, v, masks, config);
  const y = block(x, { rows, length, angles, attend }, frozen, adapters, config);

  const outputGradient = named('outputGradient', y.shape);
  const linears = options.weightNorms === true ? linearWeights(config, frozen) : new Map<string, Value>();
  const wanted = new Map<string, Value>([
    ...(options.inputGradient ? [['inputGradient', x] as const] : []),
    ...(options.weightNorms === true ? linears : parameters),
    ...(options.trainedNorms ? [...frozen.others].filter(([name]) => isNorm(name)) : []),
  ]);
  const found = gradient(y, outputGradient, [...wanted.values()]);
  const gradients = new Map<string, Value>();
  [...wanted.keys()].forEach((name, index) => {
    const value = found[index];
    if (!value) return;
    const weight = linears.get(name);
    if (weight === undefined) {
      gradients.set(name, value);
    } else {
      const names = weightNormOutputs(name);
      gradients.set(names.weight, sumOfSquares(weight)).set(names.gradient, sumOfSquares(value));
    }
  });
  return partition({ inputs, outputs: new Map([['y', y]]), gradients, activations: [x] }, options.keep);
}

/** ‖A‖² of a matrix, [1, 1]. Row by row, so that a float32 sum never has more terms than a side of the matrix. */
function sumOfSquares(matrix: Value): Value {
  return sum(sum(multiply(matrix, matrix), [1]), [0]);
}
