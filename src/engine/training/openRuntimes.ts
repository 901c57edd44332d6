import type { Device } from '../../config/devices';
import type { OnnxRuntimeOptions } from '../runtime/onnxSession';
import { openRuntime } from '../runtime/openRuntime';
import type { Runtime } from '../runtime/runtime';
import { ThreadedRuntime } from '../runtime/threaded/threadedRuntime';

/** Where the replicas of a run compute. */
export interface Runtimes {
  /** One for each replica. All read what is in the first one's tensors, whose constants must stay as they are where there are several. */
  readonly all: readonly [Runtime, ...Runtime[]];
  readonly close: () => void;
}

/** `options`: with the threads of all together. Throws a UserError where the device is not there. */
export async function openRuntimes(device: Device, options: OnnxRuntimeOptions, replicas: number): Promise<Runtimes> {
  if (replicas === 1) return { all: [await openRuntime(device, options)], close: () => undefined };
  const each = { ...options, threads: Math.floor(options.threads / replicas) };
  const first = new ThreadedRuntime(each);
  const others = Array.from({ length: replicas - 1 }, () => new ThreadedRuntime(each));
  return {
    all: [first, ...others],
    close: () => {
      for (const runtime of [first, ...others]) runtime.close();
    },
  };
}
