import { UserError } from '../../../config/userError';
import type { DataRecord } from '../record';
import { MAX_LINE_BYTES } from './lines';
import { readUtf8 } from './utf8Chunks';

/** A text file as one example: its whole text. Throws a UserError when it is longer than one example can be. */
export async function* readPlainText(file: string, signal?: AbortSignal): AsyncGenerator<DataRecord> {
  const pieces: string[] = [];
  let length = 0;
  let bytesSoFar = 0;
  for await (const { text, bytesRead } of readUtf8(file, signal)) {
    pieces.push(text);
    length += text.length;
    bytesSoFar = bytesRead;
    if (length > MAX_LINE_BYTES) {
      throw new UserError(
        `${file}: is longer than ${MAX_LINE_BYTES >> 20} MiB, and a text file is one example; split it into several files.`,
      );
    }
  }
  yield { file, line: 1, value: { text: pieces.join('') }, bytesRead: bytesSoFar };
}
