import type { BaseNorm, BaseNorms, BaseNormsParams, ModuleProgress } from '../rpc/changes';
import { openChange } from './changedWeights';
import { eachModule } from './eachModule';

/**
 * ‖W₀‖_F of every weight that a change is of; none where they have more than `limit` bytes together. Throws a UserError
 * when the base is not at hand, and the signal's reason when it aborts.
 */
export async function baseNorms(
  { source, limit }: BaseNormsParams,
  onProgress: (progress: ModuleProgress<BaseNorm>) => void,
  signal?: AbortSignal,
): Promise<BaseNorms> {
  const change = await openChange(source);
  try {
    const bytes = change.modules.reduce((sum, linear) => sum + change.bytes(linear), 0);
    if (limit !== null && bytes > limit) return { norms: [], bytes };
    const norms = await eachModule(
      change.modules,
      async (linear) => {
        let squares = 0;
        for (const value of await change.base(linear)) squares += value * value;
        return { name: linear.name, norm: Math.sqrt(squares) };
      },
      onProgress,
      signal,
    );
    return { norms, bytes };
  } finally {
    await change.close();
  }
}
