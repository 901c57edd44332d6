import { add } from '../graph/ops/elementwise';
import { product } from '../graph/ops/contraction';
import { withDerivative } from '../graph/ops/derived';
import type { Value } from '../graph/value';
import { fullGraph } from './full/graph';
import { loraGraph } from './lora/graph';
import { rotationGraph } from './mora/rotationGraph';
import { sharingGraph } from './mora/sharingGraph';
import { permutedGraph } from './permutedGraph';
import type { PermutationInput } from './permutation';
import {
  frozenInputGradient,
  frozenProduct,
  isQuantised,
  type FrozenWeight,
  type QuantisedWeight,
} from './frozenWeight';
import type { AdapterStructure, MoraStructure, ParameterName } from './structure';

/** What an adapter says in a graph: its ΔW, and how the gradient of ΔW becomes that of its parameters. */
export interface DeltaGraph {
  /** ΔW [dOut, dIn] from the parameters. */
  delta(): Value;
  /**
   * Gradient of each parameter, in the order of `parameterShapes`, from the input xND and the gradient gNO of the
   * output. It is the parameters' share of dΔW = gᵀ x, found without forming that [dOut, dIn] product.
   */
  parameterGradients(xND: Value, gNO: Value): readonly Value[];
  /** x ΔWᵀ [N, dOut] for x [N, dIn], found without forming ΔW. So is its derivative, by x and by each parameter. */
  output(xND: Value): Value;
}

/** An adapter in a graph: its structure, one value for each parameter, and those of a shuffle if it has one. */
export interface GraphAdapter {
  readonly structure: AdapterStructure;
  readonly parameters: ReadonlyMap<ParameterName, Value>;
  readonly permutation?: ReadonlyMap<PermutationInput, Value>;
}

/**
 * y = x (W + ΔW)ᵀ for xND [N, dIn] and the frozen weight W [dOut, dIn]; result [N, dOut].
 *
 * Where W is float32, ΔW is added to it, not beside it to the output: with N tokens in a batch an addition over dOut·dIn
 * weights is far smaller than the passes over N·dOut activations that it saves, forward and backward. A change as small
 * as ΔW would be rounded away in a quantised W, so there it acts beside it.
 */
export function adaptedLinear(xND: Value, weight: FrozenWeight, adapter: GraphAdapter | undefined): Value {
  if (isQuantised(weight)) return quantisedLinear(xND, weight, adapter);
  if (adapter === undefined) return frozenProduct(xND, weight);
  const graph = deltaGraph(adapter);
  const adapted = add(weight, graph.delta());
  // The gradient of the parameters uses the structure of ΔW (grouped sums of x and of the output gradient), not a dense
  // gradient of W: that one, gᵀ x, is there for whoever measures it, and costs nothing where it is not asked for.
  return withDerivative(frozenProduct(xND, adapted), [xND, weight, ...parametersOf(adapter)], (gradient) => [
    frozenInputGradient(gradient, adapted),
    product(gradient, xND, { transposeA: true }),
    ...graph.parameterGradients(xND, gradient),
  ]);
}

/** y = x Wᵀ + x ΔWᵀ. The gradient passes the rounding of x and of the arriving gradient as if it were not there. */
function quantisedLinear(xND: Value, weight: QuantisedWeight, adapter: GraphAdapter | undefined): Value {
  const frozen = withDerivative(frozenProduct(xND, weight), [xND], (gradient) => [
    frozenInputGradient(gradient, weight),
  ]);
  if (adapter === undefined) return frozen;
  const change = deltaGraph(adapter).output(xND);
  // The sum is what the backward pass keeps, not the two summands.
  return withDerivative(add(frozen, change), [frozen, change], (gradient) => [gradient, gradient]);
}

/** W + ΔW [dOut, dIn]. */
export function adaptedWeight(weight: Value, adapter: GraphAdapter): Value {
  return add(weight, deltaGraph(adapter).delta());
}

function deltaGraph(adapter: GraphAdapter): DeltaGraph {
  const { structure } = adapter;
  switch (structure.method) {
    case 'mora': {
      const graph = moraGraph(structure, parameter(adapter, structure.normalized ? 'N' : 'M'));
      return structure.permutation === null ? graph : permutedGraph(graph, adapter.permutation ?? new Map());
    }
    case 'lora':
      return loraGraph(structure, parameter(adapter, 'A'), parameter(adapter, 'B'));
    case 'full':
      return fullGraph(parameter(adapter, 'W'));
  }
}

function moraGraph(structure: MoraStructure, m: Value): DeltaGraph {
  return structure.type === 6 ? rotationGraph(structure, m) : sharingGraph(structure, m);
}

function parametersOf(adapter: GraphAdapter): Value[] {
  return [...adapter.structure.parameterShapes.keys()].map((name) => parameter(adapter, name));
}

function parameter(adapter: GraphAdapter, name: ParameterName): Value {
  const value = adapter.parameters.get(name);
  if (value === undefined) throw new Error(`the adapter's graph lacks parameter ${name}`);
  return value;
}
