import type { DecoderConfig } from '../../models/decoderConfig';
import { headProgram } from '../../models/head/headProgram';
import type { HeadPurpose, TrainedHead } from '../../models/head/headParts';
import { ProgramCache } from '../../runtime/programCache';
import type { Runtime, RuntimeTensor } from '../../runtime/runtime';
import type { Chunk, ChunkHead } from './chunkHead';

/** A head in float32, all of its vocabulary at once. */
export class WholeHead implements ChunkHead {
  private readonly programs: ProgramCache;

  /** `weights`: norm [D] and head [V, D]. */
  constructor(
    runtime: Runtime,
    private readonly config: DecoderConfig,
    private readonly weights: Readonly<Record<'norm' | 'head', RuntimeTensor>>,
    private readonly trained: TrainedHead,
  ) {
    this.programs = new ProgramCache(runtime);
  }

  async run(
    purpose: HeadPurpose,
    { size, ...chunk }: Chunk,
    outputs: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<void> {
    const program = await this.programs.get(`${purpose} ${size}`, () =>
      headProgram(this.config, size, purpose, this.trained),
    );
    await program.run({ ...chunk, ...this.weights }, outputs);
  }

  dispose(): Promise<void> {
    return this.programs.dispose();
  }
}
