import type { GraphAdapter } from '../adapters/linear';
import type { AdapterStructure, ParameterName } from '../adapters/structure';
import { gradient } from '../graph/gradient';
import { partition, type Keep, type SplitGraph } from '../graph/partition';
import { input, type Shape, type Value } from '../graph/value';
import { attention } from './attention';
import { block } from './block';
import { blockTensors, type DecoderConfig, type LayerKind } from './decoderConfig';

/** Rows and tokens a row of a batch. */
export interface BatchShape {
  readonly rows: number;
  readonly length: number;
}

/** Adapters of one block by module name. Blocks with the same ones share their programs. */
export type BlockStructures = ReadonlyMap<string, AdapterStructure>;

export interface BlockProgramOptions {
  readonly keep: Keep;
  /** Whether the gradient of the block's input is wanted; the lowest adapted block needs none. */
  readonly inputGradient: boolean;
  /** Layers of another kind share the programs when they turn as many numbers of a head: mask and angles are inputs. */
  readonly kind: LayerKind;
}

/** Name of an adapter's parameter among the inputs of a block's programs; its gradient is an output of that name. */
export function parameterInput(module: string, parameter: ParameterName): string {
  return `${module}.${parameter}`;
}

/**
 * Forward and backward program of a decoder block for one batch shape. Inputs: "x" [B·T, D], "mask", "positions",
 * "cosines" and "sines" where the layer turns, the frozen tensors by name, the parameters; backward also "outputGradient" [B·T, D].
 * Outputs: forward "y", backward "inputGradient" and one gradient for each parameter.
 */
export function blockPrograms(
  config: DecoderConfig,
  { rows, length }: BatchShape,
  structures: BlockStructures,
  options: BlockProgramOptions,
): SplitGraph {
  const inputs = new Map<string, Value>();
  const named = (name: string, shape: Shape, type?: 'int64'): Value => {
    const value = input(name, shape, type);
    inputs.set(name, value);
    return value;
  };
  const x = named('x', [rows * length, config.hiddenSize]);
  const mask = named('mask', [rows, length, length]);
  const { rotary } = options.kind;
  const angles = rotary && {
    positions: named('positions', [rows, length], 'int64'),
    cosines: named('cosines', [length, rotary.size / 2]),
    sines: named('sines', [length, rotary.size / 2]),
  };
  const weights = new Map(blockTensors(config).map(({ name, shape }) => [name, named(name, shape)]));
  const adapters = new Map<string, GraphAdapter>();
  const parameters = new Map<string, Value>();
  for (const [module, structure] of structures) {
    const values = new Map<ParameterName, Value>();
    for (const [name, shape] of structure.parameterShapes) {
      const value = named(parameterInput(module, name), shape);
      values.set(name, value);
      parameters.set(parameterInput(module, name), value);
    }
    adapters.set(module, { structure, parameters: values });
  }
  const attend = (q: Value, k: Value, v: Value): Value => attention(q, k, v, mask, config);
  const y = block(x, { rows, length, angles, attend }, weights, adapters, config);

  const outputGradient = named('outputGradient', y.shape);
  const wanted = new Map<string, Value>([
    ...(options.inputGradient ? [['inputGradient', x] as const] : []),
    ...parameters,
  ]);
  const found = gradient(y, outputGradient, [...wanted.values()]);
  const gradients = new Map<string, Value>();
  [...wanted.keys()].forEach((name, index) => {
    const value = found[index];
    if (value) gradients.set(name, value);
  });
  return partition({ inputs, outputs: new Map([['y', y]]), gradients, activations: [x] }, options.keep);
}

/** Equal for blocks that can share programs. */
export function structureKey(structures: BlockStructures): string {
  return [...structures]
    .map(([module, structure]) => {
      const shapes = [...structure.parameterShapes].map(([name, shape]) => `${name}${shape.join('x')}`).join(',');
      const kind = structure.method === 'mora' ? `mora${structure.type}` : structure.method;
      const scale = structure.method === 'lora' ? `*${structure.scale}` : '';
      return `${module}:${kind}${scale}:${shapes}`;
    })
    .join(';');
}
