import { parseDataLine, type DataLine } from './dataLine';
import { readJsonLines } from './jsonLines';

/**
 * The examples of a JSON Lines file as they were written, one after the other; a file may mix the kinds.
 * `bytesRead` says how much of the file they took. Throws a UserError that names file and line at the first bad one.
 */
export async function* readData(
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly data: DataLine; readonly bytesRead: number }> {
  for await (const line of readJsonLines(file, signal)) {
    yield { data: parseDataLine(file, line), bytesRead: line.bytesRead };
  }
}
