import type { Shape } from '../../graph/value';
import type { DecoderConfig } from '../../models/decoderConfig';
import type { HeadPurpose, TrainedHead } from '../../models/head/headParts';
import { headBytesProgram, headTileProgram } from '../../models/head/headTile';
import type { QuantisedHead } from '../../models/head/quantisedHead';
import { NOTHING_SEEN, seenInput, seenShapes, type SeenName } from '../../models/head/seenTokens';
import { tiledLossProgram } from '../../models/head/tiledLoss';
import { BufferPool, type HostBuffer } from '../../runtime/bufferPool';
import { ProgramCache } from '../../runtime/programCache';
import type { HostTensor, Runtime, RuntimeTensor } from '../../runtime/runtime';
import type { Chunk, ChunkHead } from './chunkHead';

/**
 * A head in bytes, tile by tile of its vocabulary. The tiles are runs of their own and not parts of one program: in one,
 * ONNX Runtime puts the tiles' sums before their gradients and so holds the logits of all tiles at once: 360 MiB with 1,024
 * tokens and a vocabulary of 49,152.
 */
export class TiledHead implements ChunkHead {
  private readonly programs: ProgramCache;
  private readonly buffers: BufferPool;
  /** Quantised hidden states, and rows of the head, [C, D], by name and C. */
  private readonly bytes = new Map<string, HostTensor>();

  constructor(
    private readonly runtime: Runtime,
    private readonly config: DecoderConfig,
    private readonly head: QuantisedHead,
    private readonly norm: RuntimeTensor,
    private readonly trained: TrainedHead,
  ) {
    this.programs = new ProgramCache(runtime);
    this.buffers = new BufferPool(runtime);
  }

  async run(
    purpose: HeadPurpose,
    { size, ...chunk }: Chunk,
    outputs: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<void> {
    const { rowScales, mean, tiles } = this.head;
    const { norm } = this;
    const bytes = { bytes: this.bytesOf('hidden', Uint8Array, size), scale: this.buffers.tensor('scale', [size]) };
    const quantising = await this.programs.get(`bytes ${size}`, () => headBytesProgram(this.config, size));
    await quantising.run({ hidden: chunk.hidden, norm }, bytes);

    let seen = this.nothingSeen(size, purpose);
    for (const [index, { width, ...tile }] of tiles.entries()) {
      const next = this.seenAfter(size, purpose, index);
      const program = await this.programs.get(`${purpose} ${size} ${width}`, () =>
        headTileProgram(this.config, size, width, purpose),
      );
      await program.run({ ...tile, ...bytes, targets: chunk.targets, rowScales, ...asInputs(seen) }, next);
      seen = next;
    }
    const loss = await this.programs.get(`${purpose} ${size}`, () =>
      tiledLossProgram(this.config, size, purpose, this.trained),
    );
    const target = purpose === 'training' ? { targetRows: this.targetRows(chunk.targets.data) } : {};
    await loss.run({ ...chunk, ...target, norm, rowScales, mean, ...asInputs(seen) }, outputs);
  }

  async dispose(): Promise<void> {
    await this.programs.dispose();
    this.buffers.dispose();
  }

  /** The rows of the head that the targets name, int8 [C, D]. */
  private targetRows(targets: BigInt64Array): HostTensor {
    const { hiddenSize } = this.config;
    const rows = this.bytesOf('targets', Int8Array, targets.length);
    const all = this.head.rows.data as Int8Array;
    targets.forEach((target, index) => {
      const start = Number(target) * hiddenSize;
      (rows.data as Int8Array).set(all.subarray(start, start + hiddenSize), index * hiddenSize);
    });
    return rows;
  }

  private bytesOf(name: string, array: typeof Int8Array | typeof Uint8Array, size: number): HostTensor {
    const key = `${name} ${size}`;
    const known = this.bytes.get(key);
    if (known !== undefined) return known;
    const { hiddenSize } = this.config;
    const made = this.runtime.tensor(new array(size * hiddenSize), [size, hiddenSize]);
    this.bytes.set(key, made);
    return made;
  }

  private nothingSeen(size: number, purpose: HeadPurpose): Seen {
    const seen = this.seen(size, purpose, (name, shape) => this.buffers.tensor(`${purpose} none ${name}`, shape));
    for (const [name, tensor] of Object.entries(seen)) (tensor as HostBuffer).data.fill(NOTHING_SEEN[name as SeenName]);
    return seen;
  }

  /** What is read and what is written take turns. */
  private seenAfter(size: number, purpose: HeadPurpose, tile: number): Seen {
    return this.seen(size, purpose, (name, shape) => this.buffers.resident(`${purpose} ${tile % 2} ${name}`, shape));
  }

  private seen(size: number, purpose: HeadPurpose, make: (name: SeenName, shape: Shape) => RuntimeTensor): Seen {
    const shapes = seenShapes(this.config, size, purpose);
    return Object.fromEntries([...shapes].map(([name, shape]) => [name, make(name, shape)]));
  }
}

type Seen = Readonly<Partial<Record<SeenName, RuntimeTensor>>>;

function asInputs(seen: Seen): Record<string, RuntimeTensor> {
  return Object.fromEntries(Object.entries(seen).map(([name, tensor]) => [seenInput(name as SeenName), tensor]));
}
