import { add } from '../graph/ops/elementwise';
import { input } from '../graph/value';
import type { Runtime } from './runtime';

/** Runs the smallest of programs: a device that is not there, or cannot be used, shows when one first runs. */
export async function runSmallest(runtime: Runtime): Promise<void> {
  const x = input('x', [1]);
  const program = await runtime.compile({ inputs: new Map([['x', x]]), outputs: new Map([['y', add(x, x)]]) });
  await program.run({ x: runtime.tensor(Float32Array.of(1), [1]) }, { y: runtime.tensor(new Float32Array(1), [1]) });
  await program.dispose();
}
