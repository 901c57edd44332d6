import { permutationTables } from '../adapters/permutation';
import type { AdapterModule } from '../checkpoint/adapterState';
import type { LoadedAdapter } from '../checkpoint/adapterFolder';
import { adaptedWeightProgram } from '../models/adaptedWeight';
import { tensorName, tensorOf, type BlockTensors, type BlockWeights } from '../models/blockWeights';
import { BufferPool } from '../runtime/bufferPool';
import { ProgramCache } from '../runtime/programCache';
import type { HostTensor, Runtime, RuntimeTensor } from '../runtime/runtime';

/**
 * Where W + ΔW goes:
 * - beside: into memory of its own, so that the base is there too;
 * - inPlace: over W, where there is no room for both; the base is lost;
 * - eachTime: into memory of one block, anew each time the block is asked for; for a base that stays on disk.
 */
export type AdaptedPlace = 'beside' | 'inPlace' | 'eachTime';

/**
 * The blocks of a model with an adapter in their weights. A generated token is one row of input, for which adding ΔW to the
 * weights takes several times as long as all else, so the sum is made once, block by block as they are first needed.
 */
export class AdaptedBlocks implements Pick<BlockWeights, 'get'> {
  private readonly programs: ProgramCache;
  private readonly buffers: BufferPool;
  /** What is added to each weight of a layer, in order. */
  private readonly changes = new Map<number, Map<string, AdapterModule[]>>();
  /** Norms that were trained in full, by their names in the model. */
  private readonly trained: ReadonlyMap<string, Float32Array>;
  private readonly done = new Map<number, BlockTensors>();

  constructor(
    private readonly runtime: Runtime,
    private readonly base: BlockWeights,
    { merged, modules, trained }: Pick<LoadedAdapter, 'merged' | 'modules' | 'trained'>,
    private readonly place: AdaptedPlace,
  ) {
    this.programs = new ProgramCache(runtime);
    this.buffers = new BufferPool(runtime);
    this.trained = trained;
    for (const module of [...merged.flat(), ...modules]) {
      const { layer } = module.linear;
      const weights = this.changes.get(layer) ?? new Map<string, AdapterModule[]>();
      const weight = weightName(module);
      weights.set(weight, [...(weights.get(weight) ?? []), module]);
      this.changes.set(layer, weights);
    }
  }

  async get(layer: number): Promise<BlockTensors> {
    const done = this.done.get(layer);
    if (done !== undefined) return done;
    const base = await this.base.get(layer);
    const adapted = new Map<string, HostTensor>();
    for (const [name, modules] of this.changes.get(layer) ?? []) {
      adapted.set(name, await this.sum(tensorOf(base, name), modules, name));
    }
    for (const [name, { shape }] of base) {
      const own = this.trained.get(tensorName(layer, name));
      if (own !== undefined) adapted.set(name, this.runtime.tensor(own, shape));
    }
    if (this.place === 'inPlace') {
      // Only when all are there: a block that is half adapted would be adapted twice.
      for (const [name, { data }] of adapted) {
        const weight = tensorOf(base, name);
        (weight.data as Float32Array).set(data as Float32Array);
        this.runtime.dropCopy(weight);
      }
      adapted.clear();
    }
    const block = new Map([...base, ...adapted]);
    if (this.place !== 'eachTime') {
      this.done.set(layer, block);
      this.changes.delete(layer);
      if (this.changes.size === 0) await this.dispose();
    }
    return block;
  }

  /** Frees what the sums are made with. */
  async dispose(): Promise<void> {
    await this.programs.dispose();
  }

  private async sum(weight: HostTensor, modules: readonly AdapterModule[], name: string): Promise<HostTensor> {
    const { shape } = weight;
    const target =
      this.place === 'beside'
        ? this.runtime.tensor(new Float32Array(weight.data.length), shape)
        : this.buffers.tensor(`adapted ${name}`, shape);
    let current = weight;
    for (const [index, module] of modules.entries()) {
      // By turns, so that the last sum is in the target.
      const next = (modules.length - 1 - index) % 2 === 0 ? target : this.buffers.tensor('between', shape);
      const program = await this.programs.get(programKey(module), () => adaptedWeightProgram(module.structure));
      await program.run({ weight: current, ...this.inputsOf(module) }, { adapted: next });
      current = next;
    }
    return current;
  }

  private inputsOf({ structure, parameters }: AdapterModule): Record<string, RuntimeTensor> {
    const inputs: Record<string, RuntimeTensor> = {};
    for (const [name, shape] of structure.parameterShapes) {
      const values = parameters[name];
      if (values === undefined) throw new Error(`an adapter lacks its ${name}`);
      inputs[name] = this.runtime.tensor(values, shape);
    }
    if (structure.method === 'mora' && structure.permutation !== null) {
      for (const [name, table] of Object.entries(permutationTables(structure.permutation))) {
        inputs[name] = this.runtime.tensor(table, [table.length]);
      }
    }
    return inputs;
  }
}

/** "self_attn.q_proj.weight" */
function weightName({ linear: { name, layer } }: AdapterModule): string {
  const prefix = `model.layers.${layer}.`;
  return `${name.slice(prefix.length)}.weight`;
}

/** Equal for modules that can share a program. */
function programKey({ structure }: AdapterModule): string {
  const { method, dIn, dOut, parameterShapes } = structure;
  const shapes = [...parameterShapes].map(([name, shape]) => `${name}${shape.join('x')}`).join(',');
  const kind =
    structure.method === 'mora'
      ? `${structure.type} ${structure.permutation === null ? '' : 'shuffled'}`
      : structure.method === 'lora'
        ? structure.scale
        : '';
  return `${method} ${kind} ${dIn}x${dOut} ${shapes}`;
}
