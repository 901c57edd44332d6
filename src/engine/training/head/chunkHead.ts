import type { HeadPurpose } from '../../models/head/headParts';
import type { HostTensor, RuntimeTensor } from '../../runtime/runtime';

/** Some supervised tokens of a batch. */
export interface Chunk {
  /** C */
  readonly size: number;
  /** [C, D] */
  readonly hidden: RuntimeTensor;
  /** int64 [C] */
  readonly targets: HostTensor & { readonly data: BigInt64Array };
  /** [C, 1]; 0 for padding. */
  readonly weights: RuntimeTensor;
}

/** Runs the head over a chunk; writes into `outputs`, which are those of headProgram. */
export interface ChunkHead {
  run(purpose: HeadPurpose, chunk: Chunk, outputs: Readonly<Record<string, RuntimeTensor>>): Promise<void>;
  dispose(): Promise<void>;
}
