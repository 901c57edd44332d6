import { isQuantised, type BaseFormat, type FrozenWeight, type QuantisedWeight } from '../adapters/frozenWeight';
import type { ElementType, Shape, Value } from '../graph/value';
import type { Names } from './blockWeights';
import { blockLinears, blockTensors, type DecoderConfig } from './decoderConfig';

/** The frozen tensors of a block in its graph. */
export interface FrozenInputs {
  /** Weights of the linear layers by path: "self_attn.q_proj". */
  readonly linears: ReadonlyMap<string, FrozenWeight>;
  /** Norms and biases by their names after "model.layers.<n>.". */
  readonly others: ReadonlyMap<string, Value>;
}

/** Names of the four tensors that a quantised weight consists of. */
export interface QuantisedNames {
  readonly forward: string;
  readonly forwardScales: string;
  readonly backward: string;
  readonly backwardScales: string;
}

/** The tensors of the quantised weight "self_attn.q_proj.weight". */
export function quantisedNames(weight: string): QuantisedNames {
  return {
    forward: `${weight}.forward`,
    forwardScales: `${weight}.forwardScales`,
    backward: `${weight}.backward`,
    backwardScales: `${weight}.backwardScales`,
  };
}

/** Of a block's tensors those that a forward pass takes. */
export const FORWARD: Names = { has: (name) => !name.endsWith('.backward') && !name.endsWith('.backwardScales') };

/** Declares the frozen tensors of a block as inputs, by the names of their tensors. */
export function frozenInputs(
  config: DecoderConfig,
  base: BaseFormat,
  named: (name: string, shape: Shape, type?: ElementType) => Value,
): FrozenInputs {
  const linears = new Map<string, FrozenWeight>();
  const weights = new Set<string>();
  for (const { path, dIn, dOut } of blockLinears(config)) {
    const name = `${path}.weight`;
    weights.add(name);
    linears.set(path, base === 'int8' ? quantisedInput(name, dIn, dOut, named) : named(name, [dOut, dIn]));
  }
  const others = new Map<string, Value>();
  for (const { name, shape } of blockTensors(config)) {
    if (!weights.has(name)) others.set(name, named(name, shape));
  }
  return { linears, others };
}

/** The float32 weight of each linear layer by module. Throws where the base is quantised. */
export function linearWeights(config: DecoderConfig, { linears }: FrozenInputs): Map<string, Value> {
  return new Map(
    blockLinears(config).flatMap(({ module, path }) => {
      const weight = linears.get(path);
      if (weight !== undefined && isQuantised(weight)) throw new Error('a quantised weight has no gradient');
      return weight === undefined ? [] : [[module, weight] as const];
    }),
  );
}

/** Declares a quantised weight W [dOut, dIn] as inputs. */
export function quantisedInput(
  name: string,
  dIn: number,
  dOut: number,
  named: (name: string, shape: Shape, type?: ElementType) => Value,
): QuantisedWeight {
  const names = quantisedNames(name);
  return {
    forward: { entries: named(names.forward, [dIn, dOut], 'int8'), scales: named(names.forwardScales, [dOut]) },
    backward: { entries: named(names.backward, [dOut, dIn], 'int8'), scales: named(names.backwardScales, [dIn]) },
  };
}
