/**
 * Something the user can mend: bad input, a missing file, an impossible wish.
 * The message is one sentence that names the file or field and says how to mend it; it is shown without a stack.
 * Every other error is a bug of ours and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The message of a user error, or the whole stack of a bug. */
export function describeError(error: unknown, debug = false): string {
  if (error instanceof UserError && !debug) return error.message;
  if (error instanceof Error)
    return debug || !(error instanceof UserError) ? (error.stack ?? error.message) : error.message;
  return String(error);
}

/** Reads the `code` of a Node file-system error ("ENOENT"), undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
