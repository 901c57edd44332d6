import { join, sep } from 'node:path';
import type { TensorFlowDevice } from '../../../config/devices';
import type { FoundPackage } from './findPackage';
import type { TensorFlowLibrary } from './library';
import { withBroadcastProducts, withTransposedFirst } from './products';

/** The module that computes: the core with a backend registered. */
interface TensorFlowModule extends TensorFlowLibrary {
  enableProdMode(): void;
}

/** The core that a package was installed with: another copy would not know its backend. */
const CORE = '@tensorflow/tfjs-core';

/** Loads a package and starts its backend. Throws whatever the package throws. */
export async function loadTensorFlow(
  device: TensorFlowDevice,
  { name, folder, load }: FoundPackage,
  threads: number,
): Promise<TensorFlowLibrary> {
  switch (device) {
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      // TensorFlow reads it when it starts, which is when it is loaded.
      process.env.TF_NUM_INTRAOP_THREADS = String(threads);
      return started(load(name) as TensorFlowModule, 'tensorflow');
    case 'tfjs-wasm': {
      const { setWasmPaths } = load(name) as { readonly setWasmPaths: (folder: string) => void };
      setWasmPaths(join(folder, 'dist') + sep);
      const tf = await withoutListeners(() => started(load(CORE) as TensorFlowModule, 'wasm'));
      return withTransposedFirst(withBroadcastProducts(tf));
    }
    case 'tfjs-cpu':
      load(name);
      return withBroadcastProducts(await started(load(CORE) as TensorFlowModule, 'cpu'));
  }
}

async function started(tf: TensorFlowModule, backend: string): Promise<TensorFlowLibrary> {
  // Else it looks for NaN in every result, and advertises its other packages.
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`its backend "${backend}" does not start`);
  return tf;
}

/** `work` without what Emscripten leaves behind: listeners that throw errors of ours again, from within its code. */
async function withoutListeners<T>(work: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Set(events.flatMap((event) => process.rawListeners(event)));
  try {
    return await work();
  } finally {
    for (const event of events) {
      for (const listener of process.rawListeners(event)) {
        if (!before.has(listener)) process.removeListener(event, listener as () => void);
      }
    }
  }
}
