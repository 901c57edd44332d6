import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FloatDtype } from '../weights/dtype';
import { isFloatDtype } from '../weights/dtype';
import { tensorBytes, type TensorDescription } from '../weights/headerBytes';
import { openSafetensors, type SafetensorsFile } from '../weights/safetensors';
import { streamSafetensors, type StreamedTensor } from '../weights/safetensorsStream';
import { weightFiles, WEIGHTS_INDEX } from '../weights/weightFiles';
import type { ExportTask } from './exportFormat';
import { floatPieces, piecesOf, roundedPieces } from './convertedPieces';
import { changedWeight, isChanged, weightChanges, type WeightChanges } from './weightChanges';

/** The head of a tied model is its embedding; a copy of it that the base stores would go stale. */
export const TIED_HEAD = 'lm_head.weight';

/** The tensor as the merged model has it. */
export function mergedDescription(
  name: string,
  { dtype, shape }: Pick<TensorDescription, 'dtype' | 'shape'>,
  wanted: FloatDtype | undefined,
): TensorDescription {
  return { name, shape, dtype: wanted !== undefined && isFloatDtype(dtype) ? wanted : dtype };
}

/**
 * Writes the weights of base plus adapter into the task's folder: the same files with the same tensors, each in its own
 * format or in the one asked for. Holds one adapted weight and one ΔW at a time, as float32, and no more than a piece of
 * any other tensor.
 */
export async function writeMergedWeights(task: ExportTask): Promise<void> {
  const { source, folder, options, signal } = task;
  const changes = weightChanges(source);
  const { names, index } = await weightFiles(source.modelFolder);
  const dropped = (name: string): boolean => source.config.tied && name === TIED_HEAD;
  const total = [...source.weights.tensors].reduce(
    (sum, [name, entry]) => sum + tensorBytes(mergedDescription(name, entry, options.dtype)),
    0,
  );
  let done = 0;
  let size = 0;
  for (const shard of names) {
    const file = await openSafetensors(join(source.modelFolder, shard));
    try {
      const tensors = inFileOrder(file)
        .filter((name) => !dropped(name))
        .map((name) =>
          streamedTensor(file, name, changes, options.dtype, (bytes) => task.onProgress((done += bytes), total)),
        );
      if (tensors.length === 0) continue;
      size += tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
      await streamSafetensors(join(folder, shard), tensors, Object.fromEntries(file.metadata), signal);
    } finally {
      await file.close();
    }
  }
  if (index === undefined) return;
  const json = {
    metadata: { ...index.metadata, total_size: size },
    weight_map: Object.fromEntries([...index.shardOf].filter(([name]) => !dropped(name))),
  };
  await writeFile(join(folder, WEIGHTS_INDEX), `${JSON.stringify(json, null, 2)}\n`, { flag: 'wx' });
}

/** As the data lie, which need not be the order of the header. */
function inFileOrder(file: SafetensorsFile): string[] {
  return [...file.tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end).map(([name]) => name);
}

function streamedTensor(
  file: SafetensorsFile,
  name: string,
  changes: WeightChanges,
  wanted: FloatDtype | undefined,
  onBytes: (bytes: number) => void,
): StreamedTensor {
  const entry = file.entry(name);
  const description = mergedDescription(name, entry, wanted);
  return {
    ...description,
    async *pieces() {
      const what = { file: file.file, name };
      let pieces: AsyncIterable<Uint8Array>;
      if (isChanged(changes, name)) {
        const values = await changedWeight(changes, name, () => file.readFloat32(name));
        pieces = roundedPieces(piecesOf(values), description.dtype, what);
      } else if (description.dtype === entry.dtype) {
        pieces = file.pieces(name);
      } else {
        pieces = roundedPieces(floatPieces(file, name), description.dtype, what);
      }
      for await (const piece of pieces) {
        yield piece;
        onBytes(piece.length);
      }
    },
  };
}
