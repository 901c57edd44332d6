import { UserError, systemErrorCode } from '../../config/userError';

/** How many characters of what an engine printed last go into the error when it dies. */
export const PRINTED_KEPT = 2000;

/** How a process ended: with an exit code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Why the engine's process never came. */
export function startError(error: unknown, node: string): UserError {
  const reason =
    systemErrorCode(error) === 'ENOENT'
      ? 'there is no such program to run the engine with'
      : `the engine cannot be started (${String(error)})`;
  return new UserError(`${node}: ${reason}; check the path of Node.js.`);
}

/** What becomes of open requests when an engine that nobody told to end has ended; `printed` is the end of its log. */
export function unexpectedEnd(exit: ProcessExit, printed: string): Error {
  return endError(`ended unexpectedly (${exitText(exit)})`, printed);
}

/** What becomes of open requests when an engine is told to end. */
export function shutDown(printed: string): Error {
  return endError('was shut down', printed);
}

/** "SIGKILL" or "exit code 3" */
export function exitText({ code, signal }: ProcessExit): string {
  return signal ?? `exit code ${code}`;
}

function endError(how: string, printed: string): Error {
  const tail = printed.trim();
  return new Error(`The engine ${how}${tail === '' ? '' : `:\n${tail}`}`);
}
