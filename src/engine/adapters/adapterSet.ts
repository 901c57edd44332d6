import type { LinearLayer } from '../../config/targets';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';
import { PERMUTATION_INPUTS, permutationTables, type PermutationInput } from './permutation';
import type { AdapterParameters, AdapterStructure, ParameterName } from './structure';

/** One trainable matrix with its gradient. */
export interface TrainableParameter {
  /** "model.layers.0.self_attn.q_proj.M" */
  readonly name: string;
  /** Name in the structure. */
  readonly parameter: ParameterName;
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
  /** `values` for the runtime. */
  readonly tensor: RuntimeTensor;
  /** Summed over the micro-batches of a step. */
  readonly gradient: Float32Array;
}

/** The adapter of one linear layer. */
export interface ModuleAdapter {
  readonly linear: LinearLayer;
  readonly structure: AdapterStructure;
  readonly parameters: readonly TrainableParameter[];
  /** The index tables of a shuffle for the runtime; empty without one. */
  readonly permutation: ReadonlyMap<PermutationInput, RuntimeTensor>;
}

/** All adapters of a model, in the model's order. */
export class AdapterSet {
  constructor(readonly modules: readonly ModuleAdapter[]) {}

  get parameters(): TrainableParameter[] {
    return this.modules.flatMap((module) => module.parameters);
  }

  get parameterCount(): number {
    return this.modules.reduce((sum, { structure }) => sum + structure.parameterCount, 0);
  }

  /** Adapters of one decoder layer by module name. */
  ofLayer(layer: number): ReadonlyMap<string, ModuleAdapter> {
    const own = this.modules.filter(({ linear }) => linear.layer === layer);
    return new Map(own.map((module) => [module.linear.module, module]));
  }

  /** The lowest layer with an adapter; below it no gradient is needed. Infinity without adapters. */
  get lowestLayer(): number {
    return Math.min(...this.modules.map(({ linear }) => linear.layer));
  }

  clearGradients(): void {
    for (const { gradient } of this.parameters) gradient.fill(0);
  }
}

/** Puts modules with their values into the runtime. The values are used, not copied. */
export function adapterSet(
  modules: readonly {
    readonly linear: LinearLayer;
    readonly structure: AdapterStructure;
    readonly parameters: AdapterParameters;
  }[],
  runtime: Runtime,
): AdapterSet {
  return new AdapterSet(
    modules.map(({ linear, structure, parameters }) => moduleAdapter(linear, structure, parameters, runtime)),
  );
}

/** Makes the trainable matrices of a module from initial values, which are used, not copied. */
export function moduleAdapter(
  linear: LinearLayer,
  structure: AdapterStructure,
  initial: AdapterParameters,
  runtime: Runtime,
): ModuleAdapter {
  const parameters = [...structure.parameterShapes].map(([parameter, shape]): TrainableParameter => {
    const values = initial[parameter];
    if (values === undefined) throw new Error(`${linear.name} lacks initial values of ${parameter}`);
    return {
      name: `${linear.name}.${parameter}`,
      parameter,
      shape,
      values,
      tensor: runtime.tensor(values, shape),
      gradient: new Float32Array(values.length),
    };
  });
  return { linear, structure, parameters, permutation: permutationTensors(structure, runtime) };
}

/** The same trainable matrices under another structure of the same parameter shapes. */
export function restructured(module: ModuleAdapter, structure: AdapterStructure, runtime: Runtime): ModuleAdapter {
  return { ...module, structure, permutation: permutationTensors(structure, runtime) };
}

function permutationTensors(structure: AdapterStructure, runtime: Runtime): ModuleAdapter['permutation'] {
  if (structure.method !== 'mora' || structure.permutation === null) return new Map();
  const tables = permutationTables(structure.permutation);
  return new Map(PERMUTATION_INPUTS.map((name) => [name, runtime.tensor(tables[name], [tables[name].length])]));
}

/** The current values of a module's parameters by name. */
export function parameterValues({ parameters }: ModuleAdapter): AdapterParameters {
  return Object.fromEntries(parameters.map(({ parameter, values }) => [parameter, values]));
}
