import { UserError } from '../../config/userError';
import { connectionFailure, PassingFailure } from './hubErrors';
import { bodyOf, hubFetch, type HubRequest } from './hubFetch';
import type { HubFile } from './listing';
import type { PartialFile } from './partialFile';

export interface FileRequest extends HubRequest {
  readonly file: HubFile;
  /** Where the file is at a commit. */
  readonly url: string;
  /** Is told how many bytes of the file are here. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Asks for what is missing of a file and appends it as it comes. `partial.position` says how far it got, also when it
 * throws: a UserError, a PassingFailure when the connection broke, the signal's reason when aborted.
 */
export async function receive(partial: PartialFile, request: FileRequest): Promise<void> {
  const { url, file, patience, signal, onBytes } = request;
  const { origin } = new URL(url);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), patience.silenceMs);
  const headers = {
    // fetch would undo a compression, and what it gives us would no longer be the bytes that ranges count.
    'accept-encoding': 'identity',
    ...(partial.position > 0 && { range: `bytes=${partial.position}-` }),
  };
  try {
    const response = await hubFetch(url, { ...request, headers, signal: AbortSignal.any([signal, silence.signal]) });
    agree(partial, response, request);
    for await (const chunk of bodyOf(response)) {
      timer.refresh();
      if (partial.position + chunk.length > file.size) throw otherSize(request);
      await partial.append(chunk);
      onBytes(partial.position);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (silence.signal.aborted) throw new PassingFailure(`${origin} has gone silent`);
    // What fetch and its body throw is a TypeError; all else is not of the connection.
    throw error instanceof TypeError ? connectionFailure(error, url) : error;
  } finally {
    clearTimeout(timer);
  }
  if (partial.position < file.size) throw new PassingFailure(`${origin} ended its answer too early`);
}

/** Makes the start of the answer and the end of what is here meet. */
function agree(partial: PartialFile, response: Response, request: FileRequest): void {
  const { file } = request;
  if (response.status === 416) throw otherSize(request);
  if (response.status !== 206) {
    // The server does not do ranges, and sends all of it.
    partial.restart();
    const length = response.headers.get('content-length');
    const compressed = response.headers.get('content-encoding') !== null;
    if (length !== null && !compressed && Number(length) !== file.size) throw otherSize(request);
    return;
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const [, start, total] = range ?? [];
  if (total !== undefined && total !== '*' && Number(total) !== file.size) throw otherSize(request);
  if (Number(start) !== partial.position) throw new PassingFailure('the server answers with another range than asked');
}

function otherSize({ reference, file, access }: FileRequest): UserError {
  return new UserError(
    `${reference.id}: ${file.name} comes with another size than the ${file.size} bytes that ${access.endpoint} lists; try again, or check HF_ENDPOINT.`,
  );
}
