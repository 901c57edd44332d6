import { firstNotRounded } from '../roundedOnce';
import { openGguf } from './ggufFile';
import { changed } from './tensorChange';
import type { PlannedTensor } from './tensorPlan';
import type { WriteOptions } from './writeGguf';

/**
 * Reads the tensors of a GGUF file back and compares every number with what was to be written: it may differ by one
 * rounding. Unlike the comparison of logits this finds a single wrong weight. `readFloat32` gives a tensor by its name in
 * the model folder. Throws an error that names the first tensor that differs.
 */
export async function checkGguf(
  path: string,
  plan: readonly PlannedTensor[],
  readFloat32: (name: string) => Promise<Float32Array>,
  { signal, onProgress }: WriteOptions = {},
): Promise<void> {
  const gguf = await openGguf(path);
  try {
    let done = 0;
    for (const { name, source, shape, change } of plan) {
      signal?.throwIfAborted();
      const entry = gguf.entry(name);
      const differs = (how: string): Error =>
        new Error(`${path}: tensor "${name}" ${how}, though it was written there`);
      if (String(entry.shape) !== String(shape)) throw differs(`has shape [${entry.shape.join(', ')}]`);
      const expected = changed(change, await readFloat32(source), shape[0] ?? 1);
      const found = await gguf.readFloat32(name);
      const index = firstNotRounded(entry.type, expected, found);
      if (index !== undefined) {
        throw differs(`is ${found[index] ?? NaN} at entry ${index}, not ${expected[index] ?? NaN} within one rounding`);
      }
      onProgress?.(++done, plan.length);
    }
  } finally {
    await gguf.close();
  }
}
