import { join } from 'node:path';
import { UserError } from '../../config/userError';
import { isFloatDtype } from '../weights/dtype';
import { openSafetensors, type SafetensorsFile } from '../weights/safetensors';
import { weightFiles } from '../weights/weightFiles';
import type { ExportTask } from './exportFormat';
import { floatPieces, piecesOf } from './convertedPieces';
import { mergedDescription, TIED_HEAD } from './mergedWeights';
import { firstNotRounded } from './roundedOnce';
import { changedWeight, isChanged, weightChanges, type WeightChanges } from './weightChanges';

/**
 * Reads merged weights back and compares every number with W + ΔW: converted tensors may differ by one rounding, all
 * others not in a bit. Unlike the comparison of logits this finds a single wrong weight, however small the adapter is.
 * Throws a UserError that names the first tensor that differs.
 */
export async function checkMergedWeights({ source, folder, options, signal, onProgress }: ExportTask): Promise<void> {
  const changes = weightChanges(source);
  const { names } = await weightFiles(source.modelFolder);
  const total = source.weights.tensors.size;
  let done = 0;
  for (const shard of names) {
    const base = await openSafetensors(join(source.modelFolder, shard));
    const merged = await openSafetensors(join(folder, shard));
    try {
      for (const [name, entry] of base.tensors) {
        signal.throwIfAborted();
        onProgress(++done, total);
        if (source.config.tied && name === TIED_HEAD) continue;
        const expected = mergedDescription(name, entry, options.dtype);
        const found = merged.entry(name);
        if (found.dtype !== expected.dtype || String(found.shape) !== String(expected.shape)) {
          throw differs(merged, name, `is ${found.dtype} [${found.shape.join(', ')}]`);
        }
        if (!isChanged(changes, name) && found.dtype === entry.dtype) await checkBytes(base, merged, name);
        else await checkRounded(base, merged, name, changes);
      }
    } finally {
      await base.close();
      await merged.close();
    }
  }
}

async function checkBytes(base: SafetensorsFile, merged: SafetensorsFile, name: string): Promise<void> {
  const found = merged.pieces(name);
  for await (const piece of base.pieces(name)) {
    const next = await found.next();
    if (next.done === true || Buffer.compare(piece, next.value) !== 0)
      throw differs(merged, name, 'is not as in the base');
  }
}

async function checkRounded(
  base: SafetensorsFile,
  merged: SafetensorsFile,
  name: string,
  changes: WeightChanges,
): Promise<void> {
  const { dtype } = merged.entry(name);
  if (!isFloatDtype(dtype)) throw differs(merged, name, `is ${dtype}`);
  const found = await merged.readFloat32(name);
  let pieces = floatPieces(base, name);
  if (isChanged(changes, name)) pieces = piecesOf(await changedWeight(changes, name, () => base.readFloat32(name)));
  let at = 0;
  for await (const piece of pieces) {
    const i = firstNotRounded(dtype, piece, found.subarray(at, at + piece.length));
    if (i !== undefined) {
      const [value, expected] = [found[at + i] ?? NaN, piece[i] ?? NaN];
      throw differs(merged, name, `is ${value} at entry ${at + i}, not ${expected} within one rounding`);
    }
    at += piece.length;
  }
}

function differs(file: SafetensorsFile, name: string, how: string): UserError {
  return new UserError(
    `${file.file}: tensor "${name}" ${how}, though base plus adapter was written there; it is no export, delete it and look after the disk.`,
  );
}
