import { fileURLToPath } from 'node:url';

/** Path of the program of spectrumThread.ts, which the build puts beside the engine. */
export function spectrumProgram(): string {
  return fileURLToPath(new URL('./spectrum.js', import.meta.url));
}
