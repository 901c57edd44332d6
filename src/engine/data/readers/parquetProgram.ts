import { fileURLToPath } from 'node:url';

/** Path of the program of parquetProcess.ts, which the build puts beside the engine. */
export function parquetProgram(): string {
  return fileURLToPath(new URL('./parquet.js', import.meta.url));
}
