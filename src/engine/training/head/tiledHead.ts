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
  /** Quantised hidden states [C, D], by C. */
  private readonly bytes = new Map<number, HostTensor>();

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
    const { rows, rowScales, mean, tiles } = this.head;
    const { norm } = this;
    const bytes = { bytes: this.bytesOf(size), scale: this.buffers.tensor('scale', [size, 1]) };
    const quantising = await this.programs.get(`bytes ${size}`, () => headBytesProgram(this.config, size));
    await quantising.run({ hidden: chunk.hidden, norm }, bytes);

    let seen = this.nothingSeen(size, purpose);
    for (const [index, { width, ...tile }] of tiles.entries()) {
      const next = this.seenBuffers(size, purpose, 1 + (index % 2));
      const program = await this.programs.get(`${purpose} ${size} ${width}`, () =>
        headTileProgram(this.config, size, width, purpose),
      );
      await program.run({ ...tile, ...bytes, targets: chunk.targets, rowScales, ...asInputs(seen) }, next);
      seen = next;
    }
    const loss = await this.programs.get(`${purpose} ${size}`, () =>
      tiledLossProgram(this.config, size, purpose, this.trained),
    );
    await loss.run({ ...chunk, norm, rows, rowScales, mean, ...asInputs(seen) }, outputs);
  }

  async dispose(): Promise<void> {
    await this.programs.dispose();
    this.buffers.dispose();
  }

  private bytesOf(size: number): HostTensor {
    const known = this.bytes.get(size);
    if (known !== undefined) return known;
    const { hiddenSize } = this.config;
    const made = this.runtime.tensor(new Uint8Array(size * hiddenSize), [size, hiddenSize]);
    this.bytes.set(size, made);
    return made;
  }

  private nothingSeen(size: number, purpose: HeadPurpose): Seen {
    const seen = this.seenBuffers(size, purpose, 0);
    for (const [name, { data }] of Object.entries(seen)) data.fill(NOTHING_SEEN[name as SeenName]);
    return seen;
  }

  /** What is read and what is written take turns. */
  private seenBuffers(size: number, purpose: HeadPurpose, turn: number): Seen {
    const shapes = seenShapes(this.config, size, purpose);
    return Object.fromEntries(
      [...shapes].map(([name, shape]) => [name, this.buffers.tensor(`${purpose} ${turn} ${name}`, shape)]),
    );
  }
}

type Seen = Readonly<Partial<Record<SeenName, HostBuffer>>>;

function asInputs(seen: Seen): Record<string, HostBuffer> {
  return Object.fromEntries(Object.entries(seen).map(([name, tensor]) => [seenInput(name as SeenName), tensor]));
}
