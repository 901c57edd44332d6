import { run } from './engine.mjs';
import { bundled } from './source.mjs';

/** Writes the examples of the first steps of a configuration to a file, as stepBatches.ts does. */
export async function writeBatches(configuration, steps, out) {
  await run(process.execPath, [await bundled('stepBatches'), configuration, String(steps), out]);
}
