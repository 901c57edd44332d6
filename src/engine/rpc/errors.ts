import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { UserError } from '../../config/userError';
import type { RpcErrorData } from './protocol';

/** Code of an error that the user can mend. JSON-RPC leaves codes outside its reserved range to the application. */
const USER_ERROR = 1;

/** The code that the language server protocol gives to a request its client cancelled. */
const REQUEST_CANCELLED = -32800;

/** What goes over the wire for an error thrown while a request was answered. */
export function toResponseError(error: unknown): ResponseError<RpcErrorData> {
  if (error instanceof UserError) return new ResponseError(USER_ERROR, error.message, { kind: 'user' });
  if (error instanceof Error) {
    const stack = error.stack ?? error.message;
    return new ResponseError(ErrorCodes.InternalError, error.message, { kind: 'internal', stack });
  }
  return new ResponseError(ErrorCodes.InternalError, String(error), { kind: 'internal' });
}

export function cancelledResponse(): ResponseError<RpcErrorData> {
  return new ResponseError(REQUEST_CANCELLED, 'the request was cancelled', { kind: 'user' });
}

export function isCancelledResponse(error: unknown): boolean {
  return error instanceof ResponseError && error.code === REQUEST_CANCELLED;
}

/** The error that was thrown on the other side: a UserError, or an Error with the stack it had there. */
export function fromResponseError(error: unknown): Error {
  if (!(error instanceof ResponseError)) return error instanceof Error ? error : new Error(String(error));
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null) return new Error(error.message);
  if ('kind' in data && data.kind === 'user') return new UserError(error.message);
  const internal = new Error(error.message);
  if ('stack' in data && typeof data.stack === 'string') internal.stack = data.stack;
  return internal;
}
