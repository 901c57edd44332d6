import { UserError } from '../../../config/userError';
import { placeIn, recordError, type DataRecord } from '../record';
import { readChunks } from './byteChunks';
import { JsonListSplitter } from './jsonListSplitter';
import { decodeUtf8 } from './lines';

/**
 * The objects of a JSON file: a list of them, or an object with such a list as its "data". They are cut out of the
 * bytes and parsed one by one, so that neither the list nor what stands beside it is ever in memory. `line` counts the
 * items. Throws a UserError that names file and item.
 */
export async function* readJsonList(file: string, signal?: AbortSignal): AsyncGenerator<DataRecord> {
  const splitter = new JsonListSplitter(file);
  let item = 0;
  let bytesSoFar = 0;
  for await (const { bytes, bytesRead } of readChunks(file, signal)) {
    for (const part of splitter.push(bytes)) {
      item++;
      yield { file, line: item, value: parseItem(part, file, item), bytesRead };
    }
    bytesSoFar = bytesRead;
  }
  if (bytesSoFar === 0) throw new UserError(`${file}: is empty; give a list of objects.`);
  splitter.end();
  if (!splitter.foundList) {
    throw new UserError(
      `${file}: is one JSON object without a list "data"; give a list of objects, or {"data": [...]}, or let the name of JSON Lines end in .jsonl.`,
    );
  }
}

function parseItem(bytes: Uint8Array, file: string, item: number): DataRecord['value'] {
  const text = decodeUtf8(bytes, placeIn(file, item));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw recordError({ file, line: item }, 'is not valid JSON; correct it');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw recordError({ file, line: item }, 'is not an object; give a list of objects');
  }
  return value as DataRecord['value'];
}
