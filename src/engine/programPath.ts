import { fileURLToPath } from 'node:url';

/** What the engine starts beside itself, in a thread or a process of its own; the build makes a file of each. */
export type ProgramName = 'templates' | 'parquet' | 'spectrum' | 'quantise' | 'compute';

/** Path of a program, beside the engine. */
export function programPath(name: ProgramName): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
