import { fileURLToPath } from 'node:url';

/** Path of the program of models/quantiseThread.ts, which the build puts beside the engine. */
export function quantiseProgram(): string {
  return fileURLToPath(new URL('./quantise.js', import.meta.url));
}
