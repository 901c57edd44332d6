import { recordError, type DataRecord } from '../record';
import { readLines } from './lines';

/**
 * The objects of a JSON Lines file, one after the other. Skips blank lines. Throws a UserError that names file and line
 * for anything else.
 */
export async function* readJsonLines(file: string, signal?: AbortSignal): AsyncGenerator<DataRecord> {
  for await (const { line, text, bytesRead } of readLines(file, signal)) {
    if (text.trim() !== '') yield { file, line, value: parseLine(text, file, line), bytesRead };
  }
}

function parseLine(text: string, file: string, line: number): DataRecord['value'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const array = line === 1 && text.trimStart().startsWith('[');
    const mend = array
      ? 'the file looks like one JSON list, so let its name end in .json'
      : 'put one object on each line';
    throw recordError({ file, line }, `is not a JSON object; ${mend}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw recordError({ file, line }, 'is not a JSON object; put one object on each line');
  }
  return value as DataRecord['value'];
}
