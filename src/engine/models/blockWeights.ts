import { sizeOf } from '../graph/value';
import { addInto } from '../runtime/hostData';
import type { HostTensor, Runtime } from '../runtime/runtime';
import type { ModelFolder } from '../weights/modelFolder';
import type { BlockTensor } from './decoderConfig';

/** The frozen tensors of a block by their names after "model.layers.<n>.". */
export type BlockTensors = ReadonlyMap<string, HostTensor>;

/** Which names are meant. */
export type Names = Pick<ReadonlySet<string>, 'has'>;

/** The frozen weights of the decoder's blocks, wherever they are. */
export interface BlockWeights {
  /** Whether all blocks are in memory, and the tensors of one stay valid when another is asked for. */
  readonly inMemory: boolean;
  /**
   * The tensors of a block; valid until another block is asked for. Those that are not among `needed`, where given, need
   * not be read.
   */
  get(layer: number, needed?: Names): Promise<BlockTensors>;
  /**
   * Adds a change to a weight for good, as merging an adapter does. `delta` gives it in the weight's layout, and may be
   * asked again each time the weight is read. Changes add up in the order in which they were added.
   */
  add(layer: number, name: string, delta: () => Float32Array): void;
}

/** All blocks in memory. */
export class BlocksInMemory implements BlockWeights {
  readonly inMemory = true;

  constructor(
    private readonly blocks: readonly BlockTensors[],
    private readonly runtime: Runtime,
  ) {}

  get(layer: number): Promise<BlockTensors> {
    return Promise.resolve(blockAt(this.blocks, layer));
  }

  add(layer: number, name: string, delta: () => Float32Array): void {
    const tensor = tensorOf(blockAt(this.blocks, layer), name);
    addTo(tensor, delta());
    this.runtime.dropCopy(tensor);
  }
}

/** One block in memory; the others stay on disk in the dtype that they are stored in. Keeps the folder's files in use. */
export class BlocksOnDisk implements BlockWeights {
  readonly inMemory = false;
  private readonly changes = new Map<string, (() => Float32Array)[]>();
  private readonly slot: BlockTensors;
  private held: number | undefined;

  constructor(
    private readonly folder: ModelFolder,
    tensors: readonly BlockTensor[],
    runtime: Runtime,
  ) {
    this.slot = new Map(
      tensors.map(({ name, shape }) => [name, runtime.tensor(new Float32Array(sizeOf(shape)), shape)]),
    );
  }

  async get(layer: number): Promise<BlockTensors> {
    if (this.held === layer) return this.slot;
    this.held = undefined;
    for (const [name, tensor] of this.slot) {
      await this.folder.readFloat32(tensorName(layer, name), floatsOf(tensor));
      for (const delta of this.changes.get(tensorName(layer, name)) ?? []) addTo(tensor, delta());
    }
    this.held = layer;
    return this.slot;
  }

  add(layer: number, name: string, delta: () => Float32Array): void {
    const key = tensorName(layer, name);
    const earlier = this.changes.get(key) ?? [];
    this.changes.set(key, [...earlier, delta]);
    if (this.held === layer) addTo(tensorOf(this.slot, name), delta());
  }
}

/** "model.layers.3.self_attn.q_proj.weight" */
export function tensorName(layer: number, name: string): string {
  return `model.layers.${layer}.${name}`;
}

function blockAt(blocks: readonly BlockTensors[], layer: number): BlockTensors {
  const block = blocks[layer];
  if (block === undefined) throw new RangeError(`there is no block ${layer} of ${blocks.length}`);
  return block;
}

/** Throws where a block has no such tensor. */
export function tensorOf(block: BlockTensors, name: string): HostTensor {
  const tensor = block.get(name);
  if (tensor === undefined) throw new Error(`a block has no tensor ${name}`);
  return tensor;
}

function floatsOf({ data }: HostTensor): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error('a weight that is not float32');
  return data;
}

function addTo(tensor: HostTensor, delta: Float32Array): void {
  const values = floatsOf(tensor);
  if (delta.length !== values.length) throw new RangeError(`${delta.length} changes for ${values.length} weights`);
  addInto(values, delta);
}
