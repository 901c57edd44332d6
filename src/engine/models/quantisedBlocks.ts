import type { FileHandle } from 'node:fs/promises';
import { sizeOf } from '../graph/value';
import type { HostTensor, Runtime } from '../runtime/runtime';
import type { BlockTensors, BlockWeights, Names } from './blockWeights';

const ALL: Names = { has: () => true };

/** What a file holds of a block, and what is in memory. */
interface StoredBlock {
  /** First byte of each matrix of bytes. */
  readonly places: Map<string, number>;
  /** Scales and norms. */
  readonly small: Map<string, HostTensor>;
}

/** Memory for one matrix of bytes of a block, and the layer that it is of now. */
interface Slot {
  readonly tensor: HostTensor;
  layer: number | undefined;
}

/**
 * Quantised blocks whose matrices lie in a file; in memory are those of one block. A pass reads only what it takes: one
 * direction, where products are kept.
 */
export class QuantisedBlocksOnDisk implements BlockWeights {
  readonly inMemory = false;
  private readonly blocks: StoredBlock[];
  private readonly slots = new Map<string, Slot>();
  private end = 0;

  /** `file`: empty, and open for as long as the blocks are used. */
  constructor(
    private readonly file: FileHandle,
    layers: number,
    private readonly runtime: Runtime,
  ) {
    this.blocks = Array.from({ length: layers }, () => ({ places: new Map(), small: new Map() }));
  }

  /** Takes tensors of a block. The memory of its matrices is nobody's when this resolves. */
  async put(layer: number, tensors: BlockTensors): Promise<void> {
    const { places, small } = this.block(layer);
    for (const [name, tensor] of tensors) {
      if (!(tensor.data instanceof Int8Array)) {
        small.set(name, tensor);
        continue;
      }
      const place = this.end;
      this.end += tensor.data.length;
      places.set(name, place);
      await writeAll(this.file, tensor.data, place);
      this.makeSlot(name, tensor);
    }
  }

  async get(layer: number, needed = ALL): Promise<BlockTensors> {
    const { places, small } = this.block(layer);
    const wanted = [...places].filter(([name]) => needed.has(name));
    const matrices = wanted.map(async ([name, place]) => {
      const slot = this.slots.get(name);
      if (slot === undefined) throw new Error(`${name} was never put`);
      if (slot.layer !== layer) {
        slot.layer = undefined;
        await readAll(this.file, slot.tensor.data as Int8Array, place);
        slot.layer = layer;
      }
      return [name, slot.tensor] as const;
    });
    return new Map([...small, ...(await Promise.all(matrices))]);
  }

  add(): never {
    throw new Error('a quantised weight takes no changes');
  }

  private block(layer: number): StoredBlock {
    const block = this.blocks[layer];
    if (block === undefined) throw new RangeError(`there is no block ${layer} of ${this.blocks.length}`);
    return block;
  }

  /** All blocks are alike, so the first that comes says how large a matrix is. */
  private makeSlot(name: string, { shape }: HostTensor): void {
    if (this.slots.has(name)) return;
    this.slots.set(name, { tensor: this.runtime.tensor(new Int8Array(sizeOf(shape)), shape), layer: undefined });
  }
}

async function writeAll(file: FileHandle, data: Int8Array, place: number): Promise<void> {
  for (let done = 0; done < data.length;) {
    done += (await file.write(data, done, data.length - done, place + done)).bytesWritten;
  }
}

async function readAll(file: FileHandle, into: Int8Array, place: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, place + done);
    if (bytesRead === 0) throw new Error(`the file of the quantised weights ends at byte ${place + done}`);
    done += bytesRead;
  }
}
