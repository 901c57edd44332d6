import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { UserError, systemErrorCode } from '../../../config/userError';
import type { RunEventFile } from './runEvents';

/** Records written at once: some milliseconds of work, after which the extension host gets its turn. */
const RECORDS_AT_ONCE = 1000;

/**
 * Writes each file into its folder below `logDirectory`; one gets its name only when it is whole. Throws a UserError
 * where it cannot be written, and the signal's reason when it aborts.
 */
export async function writeRunEvents(
  logDirectory: string,
  files: readonly RunEventFile[],
  { signal, onFile }: { readonly signal: AbortSignal; readonly onFile: (file: RunEventFile) => void },
): Promise<void> {
  for (const file of files) {
    onFile(file);
    const folder = join(logDirectory, file.folder);
    // TensorBoard reads every file with "tfevents" in its name.
    const unfinished = join(folder, '.unfinished');
    try {
      await mkdir(folder, { recursive: true });
      await pipeline(Readable.from(batches(file.pieces())), createWriteStream(unfinished), { signal });
      await rename(unfinished, join(folder, file.name));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined); // what went wrong first is what is told
      signal.throwIfAborted();
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      throw new UserError(
        l10n.t('{0}: the event file cannot be written there ({1}); choose another folder.', folder, code),
      );
    }
  }
}

function* batches(pieces: Iterable<Uint8Array>): Generator<Buffer> {
  let batch: Uint8Array[] = [];
  for (const piece of pieces) {
    batch.push(piece);
    if (batch.length < RECORDS_AT_ONCE) continue;
    yield Buffer.concat(batch);
    batch = [];
  }
  if (batch.length > 0) yield Buffer.concat(batch);
}
