import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import type { ParameterName } from '../adapters/structure';
import { openSafetensors, type SafetensorsFile } from '../weights/safetensors';
import type { Float32Tensor } from '../weights/safetensorsWriter';
import type { AdapterConfig } from './adapterConfig';
import type { AdapterModule, TrainedTensor } from './adapterState';

export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';

const PREFIX = 'base_model.model.';

/** The end of a tensor's name that says which matrix it is; PEFT sometimes leaves the adapter's name in it. */
const SUFFIX = /\.(?:lora_(?<matrix>[AB])(?:\.[^.]+)?\.weight|(?<full>delta_weight))$/;

export interface RawMatrix {
  readonly shape: readonly [rows: number, cols: number];
  readonly values: Float32Array;
}

/** An adapter as its files say, before it is known which model it is for. */
export interface RawAdapter {
  readonly config: AdapterConfig;
  /** Module path ("model.layers.0.self_attn.q_proj") → its matrices, in the order of the file. */
  readonly modules: ReadonlyMap<string, ReadonlyMap<ParameterName, RawMatrix>>;
  /** Tensors of the model itself that were trained in full (PEFT's "modules_to_save"), by their names in the model. */
  readonly trained: ReadonlyMap<string, TrainedTensor>;
  /** Tensors that are neither (biases): loaded by PEFT, not by us. */
  readonly otherTensors: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * The tensors of adapter_model.safetensors: of modules in their official form, and of what was trained in full. MoRA has
 * M twice, as the official code saves it.
 */
export function adapterTensors(
  modules: readonly AdapterModule[],
  trained: readonly TrainedTensor[] = [],
): Map<string, Float32Tensor> {
  const tensors = new Map<string, Float32Tensor>();
  for (const { linear, structure, parameters } of modules) {
    for (const [name, shape] of structure.parameterShapes) {
      const data = parameters[name];
      if (data === undefined) throw new Error(`${linear.name} lacks its parameter ${name}`);
      for (const suffix of suffixesOf(name))
        tensors.set(`${PREFIX}${linear.name}.${suffix}`, { dtype: 'F32', shape, data });
    }
  }
  for (const { name, shape, values } of trained) tensors.set(PREFIX + name, { dtype: 'F32', shape, data: values });
  return tensors;
}

function suffixesOf(name: ParameterName): readonly string[] {
  switch (name) {
    case 'M':
      return ['lora_A.weight', 'lora_B.weight'];
    case 'A':
      return ['lora_A.weight'];
    case 'B':
      return ['lora_B.weight'];
    case 'W':
      return ['delta_weight'];
    case 'N':
      throw new Error('a normalized adapter is saved in its official form');
  }
}

/**
 * Reads the matrices of an adapter, or of those modules of it that are in `only`. Throws a UserError that names file and
 * tensor when they cannot be used.
 */
export async function readAdapterTensors(
  file: string,
  config: AdapterConfig,
  only?: ReadonlySet<string>,
): Promise<RawAdapter> {
  const opened = await openSafetensors(file);
  try {
    return await readModules(opened, config, only);
  } finally {
    await opened.close();
  }
}

async function readModules(
  file: SafetensorsFile,
  config: AdapterConfig,
  only: ReadonlySet<string> | undefined,
): Promise<RawAdapter> {
  const stored = new Map<string, Map<'A' | 'B' | 'W', RawMatrix>>();
  const otherTensors: string[] = [];
  const trained = new Map<string, TrainedTensor>();
  for (const name of file.tensors.keys()) {
    const match = SUFFIX.exec(name);
    if (match === null && name.startsWith(PREFIX) && name.endsWith('.weight')) {
      const own = name.slice(PREFIX.length);
      trained.set(own, { name: own, ...(await readFinite(file, name)) });
      continue;
    }
    if (match === null || !name.startsWith(PREFIX)) {
      otherTensors.push(name);
      continue;
    }
    const path = name.slice(PREFIX.length, match.index);
    if (only?.has(path) === false) continue;
    const matrices = stored.get(path) ?? new Map<'A' | 'B' | 'W', RawMatrix>();
    stored.set(path, matrices);
    const role = match.groups?.matrix === 'A' ? 'A' : match.groups?.matrix === 'B' ? 'B' : 'W';
    matrices.set(role, await readMatrix(file, name));
  }
  const warnings: string[] = [];
  const modules = new Map<string, ReadonlyMap<ParameterName, RawMatrix>>();
  for (const [path, matrices] of stored) modules.set(path, matricesOf(file.file, path, matrices, config, warnings));
  if (modules.size === 0 && only === undefined) {
    throw new UserError(
      `${file.file}: has no adapter weights (no tensor "${PREFIX}….lora_A.weight"); give another adapter.`,
    );
  }
  return { config, modules, trained, otherTensors, warnings };
}

async function readMatrix(file: SafetensorsFile, name: string): Promise<RawMatrix> {
  const { shape } = file.entry(name);
  const [rows, cols] = shape;
  if (rows === undefined || cols === undefined || shape.length !== 2) {
    throw new UserError(
      `${file.file}: tensor "${shortened(name)}" has shape [${shape.join(', ')}] and is no matrix; give another adapter.`,
    );
  }
  const { values } = await readFinite(file, name);
  return { shape: [rows, cols], values };
}

async function readFinite(file: SafetensorsFile, name: string): Promise<Pick<TrainedTensor, 'shape' | 'values'>> {
  const values = await file.readFloat32(name);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new UserError(
      `${file.file}: tensor "${shortened(name)}" has ${values[bad] ?? NaN} at index ${bad}; its training diverged, so use an earlier checkpoint.`,
    );
  }
  return { shape: file.entry(name).shape, values };
}

/** What the stored matrices of one module are by the adapter's method. */
function matricesOf(
  file: string,
  path: string,
  stored: ReadonlyMap<'A' | 'B' | 'W', RawMatrix>,
  { method }: AdapterConfig,
  warnings: string[],
): ReadonlyMap<ParameterName, RawMatrix> {
  const a = stored.get('A');
  const b = stored.get('B');
  const w = stored.get('W');
  switch (method) {
    case 'full':
      return new Map([['W', w ?? missing(file, path, 'delta_weight')]]);
    case 'lora': {
      const A = a ?? missing(file, path, 'lora_A.weight');
      const B = b ?? missing(file, path, 'lora_B.weight');
      if (A.shape[0] !== B.shape[1]) {
        throw new UserError(
          `${file}: the lora_A [${A.shape.join(', ')}] and lora_B [${B.shape.join(', ')}] of "${shortened(path)}" do not fit each other; give another adapter.`,
        );
      }
      return new Map<ParameterName, RawMatrix>([
        ['A', A],
        ['B', B],
      ]);
    }
    case 'mora': {
      const m = b ?? a ?? missing(file, path, 'lora_B.weight');
      if (m.shape[0] !== m.shape[1]) {
        throw new UserError(
          `${file}: the matrix of "${shortened(path)}" is [${m.shape.join(', ')}], but MoRA's is square; adapter_config.json says "use_mora" for another adapter.`,
        );
      }
      // The official code loads both into one parameter, lora_B last.
      if (a === undefined || b === undefined)
        warnings.push(`${file}: "${shortened(path)}" has only one of lora_A and lora_B; it is used.`);
      else if (!sameMatrix(a, b))
        warnings.push(`${file}: lora_A and lora_B of "${shortened(path)}" differ; lora_B is used.`);
      return new Map([['M', m]]);
    }
  }
}

function missing(file: string, path: string, suffix: string): never {
  throw new UserError(`${file}: has no tensor "${PREFIX}${shortened(path)}.${suffix}"; give a complete adapter.`);
}

function sameMatrix(a: RawMatrix, b: RawMatrix): boolean {
  return a.values.length === b.values.length && a.values.every((value, i) => value === b.values[i]);
}
