import { open } from 'node:fs/promises';
import { DTYPE_BITS } from './dtype';
import { headerBytes, tensorBytes, type TensorDescription } from './headerBytes';

/** A tensor whose bytes come when they are asked for. */
export interface StreamedTensor extends TensorDescription {
  /** Its data, row-major, piece by piece; a piece need only stay as it is until the next is asked for. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
}

/**
 * Writes a safetensors file tensor by tensor, so that no more than a piece of it is ever in memory. Tensors keep their
 * order but for their element size, largest first, so that each begins at a multiple of its own. The file is made new
 * and flushed at the end; an interrupted call leaves a part of it, so write into a folder that gets its name later.
 * Throws when the file exists, when pieces do not add up to a tensor's size, and the signal's reason when aborted.
 */
export async function streamSafetensors(
  file: string,
  tensors: readonly StreamedTensor[],
  metadata: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const ordered = [...tensors].sort((a, b) => DTYPE_BITS[b.dtype] - DTYPE_BITS[a.dtype]);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(headerBytes(ordered, metadata));
    for (const tensor of ordered) {
      let written = 0;
      for await (const piece of tensor.pieces()) {
        signal?.throwIfAborted();
        await handle.writeFile(piece);
        written += piece.byteLength;
      }
      const expected = tensorBytes(tensor);
      if (written !== expected) throw new Error(`tensor "${tensor.name}" came as ${written} bytes, not ${expected}`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
