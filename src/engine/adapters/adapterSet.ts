import type { LinearLayer } from '../../config/targets';
import type { HostTensor, Runtime, RuntimeTensor } from '../runtime/runtime';
import { PERMUTATION_INPUTS, permutationTables, type PermutationInput } from './permutation';
import type { AdapterParameters, AdapterStructure, ParameterName } from './structure';

/** A tensor that is trained, with its gradient. */
export interface TrainableTensor {
  /** "model.layers.0.self_attn.q_proj.M", or that of a tensor of the model. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** `values` for the runtime. */
  readonly tensor: HostTensor;
  /** Summed over the micro-batches of a step. */
  readonly gradient: Float32Array;
}

/** One trainable matrix of an adapter. */
export interface TrainableParameter extends TrainableTensor {
  /** Name in the structure. */
  readonly parameter: ParameterName;
  readonly shape: readonly [number, number];
}

/** The adapter of one linear layer. */
export interface ModuleAdapter {
  readonly linear: LinearLayer;
  readonly structure: AdapterStructure;
  readonly parameters: readonly TrainableParameter[];
  /** The index tables of a shuffle for the runtime; empty without one. */
  readonly permutation: ReadonlyMap<PermutationInput, RuntimeTensor>;
}

/** All that is trained of a model: its adapters in the model's order, and tensors of its own trained in full. */
export class AdapterSet {
  constructor(
    readonly modules: readonly ModuleAdapter[],
    /** By the names of the model folder; see TrainedPart. */
    readonly tensors: readonly TrainableTensor[] = [],
  ) {}

  get parameters(): TrainableTensor[] {
    return [...this.moduleParameters, ...this.tensors];
  }

  /** The matrices of the adapters alone. */
  get moduleParameters(): TrainableParameter[] {
    return this.modules.flatMap((module) => module.parameters);
  }

  get parameterCount(): number {
    return this.parameters.reduce((sum, { values }) => sum + values.length, 0);
  }

  /** Adapters of one decoder layer by module name. */
  ofLayer(layer: number): ReadonlyMap<string, ModuleAdapter> {
    const own = this.modules.filter(({ linear }) => linear.layer === layer);
    return new Map(own.map((module) => [module.linear.module, module]));
  }

  /**
   * The lowest layer with something trained; below it no gradient is needed. −1 when the embeddings are, Infinity when
   * nothing in a block is.
   */
  get lowestLayer(): number {
    const adapted = this.modules.map(({ linear }) => linear.layer);
    return Math.min(...adapted, ...this.tensors.map(({ name }) => layerOfTensor(name)));
  }

  /** A trained tensor of the model by its name. */
  tensor(name: string): TrainableTensor | undefined {
    return this.tensors.find((tensor) => tensor.name === name);
  }

  clearGradients(): void {
    for (const { gradient } of this.parameters) gradient.fill(0);
  }
}

const EMBEDDING = 'model.embed_tokens.weight';

function layerOfTensor(name: string): number {
  if (name === EMBEDDING) return -1;
  return Number(/^model\.layers\.(\d+)\./.exec(name)?.[1] ?? Infinity);
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
