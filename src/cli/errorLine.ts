import { UserError } from '../config/userError';

/** What stderr gets for an error: one line, or with `debug` the stack. */
export function errorLine(error: unknown, debug: boolean): string {
  if (debug && error instanceof Error && error.stack !== undefined) return `mora: ${error.stack}`;
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof UserError) return `mora: ${message}`;
  return `mora: unexpected error: ${message} (--debug shows where)`;
}

export function warningLine(message: string): string {
  return `mora: warning: ${oneLine(message)}`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
