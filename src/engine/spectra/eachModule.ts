import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { LinearLayer } from '../../config/targets';
import type { ModuleProgress } from '../rpc/changes';

/** Often enough to look live. */
const EVERY_MS = 200;

/**
 * Does `work` for one module after another and tells how far it is, by entries of the matrices; what `work` finds goes
 * out with the progress. Throws the signal's reason when it aborts.
 */
export async function eachModule<Found>(
  modules: readonly LinearLayer[],
  work: (linear: LinearLayer, index: number) => Promise<Found | undefined>,
  onProgress: (progress: ModuleProgress<Found>) => void,
  signal?: AbortSignal,
): Promise<Found[]> {
  const total = modules.reduce((sum, linear) => sum + entriesOf(linear), 0);
  const found: Found[] = [];
  let done = 0;
  let told = -Infinity;
  let reported = 0;
  const tell = (module: string): void => {
    onProgress({ done, total, module, found: found.slice(reported) });
    reported = found.length;
    told = performance.now();
  };
  for (const [index, linear] of modules.entries()) {
    // A cancellation is a message, which is read between two turns only.
    await setImmediate();
    signal?.throwIfAborted();
    if (performance.now() - told >= EVERY_MS) tell(linear.name);
    const result = await work(linear, index);
    if (result !== undefined) found.push(result);
    done += entriesOf(linear);
  }
  tell('');
  return found;
}

function entriesOf({ dIn, dOut }: LinearLayer): number {
  return dIn * dOut;
}
