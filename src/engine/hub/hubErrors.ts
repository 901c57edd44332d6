import { UserError, systemErrorCode } from '../../config/userError';
import { formatHubReference, type HubReference } from '../../config/hubReference';
import type { HubAccess } from './hubAccess';

/** The network or the hub failed in a way that may pass: worth another try. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
}

/** Answers that say nothing of the request: too many of them, or the server is in trouble. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What to throw for an answer of the hub other than success. */
export function refusal(response: Response, reference: HubReference, access: HubAccess): Error {
  const { endpoint, token, tokenSource } = access;
  const { status } = response;
  const { id, revision } = reference;
  const page = `${endpoint}/${id}`;
  switch (response.headers.get('x-error-code') ?? '') {
    case 'GatedRepo': {
      const account = token === undefined ? 'set HF_TOKEN to a token of' : `use a token (${tokenSource ?? ''}) of`;
      return new UserError(`${id}: is gated; accept its terms at ${page} and ${account} the account that did.`);
    }
    case 'DisabledRepo':
      return new UserError(`${id}: has been disabled at ${endpoint}; choose another model.`);
    case 'RevisionNotFound':
      return new UserError(
        `${formatHubReference(reference)}: the model has no revision "${revision ?? ''}"; name a branch, a tag or a whole commit of ${page}.`,
      );
    case 'EntryNotFound':
      return new UserError(`${id}: lacks a file that it lists; try again later, or tell its owner.`);
  }
  if (PASSING.has(status)) return new PassingFailure(`${endpoint} answers ${status}`);
  if (status === 401 && token !== undefined) {
    return new UserError(
      `${id}: the token from ${tokenSource ?? ''} is refused by ${endpoint}, or the model does not exist; make a new token there, or correct the name.`,
    );
  }
  if (status === 401 || status === 403 || status === 404) {
    const mend = token === undefined ? 'or set HF_TOKEN if it is private' : `or use a token that may read it`;
    return new UserError(
      `${id}: there is no such model at ${endpoint} for us to read (${status}), nor a folder of that name here; correct the name, ${mend}.`,
    );
  }
  return new UserError(`${id}: ${endpoint} answers ${status}, which no hub should; check HF_ENDPOINT.`);
}

/** A connection that was refused, reset, or never made; the cause says which. */
export function connectionFailure(error: unknown, url: string): PassingFailure {
  return new PassingFailure(`${new URL(url).origin} cannot be reached (${reasonOf(error)})`, { cause: error });
}

/** The sentence for when trying again did not help. */
export function outOfPatience(failure: PassingFailure, what: string): UserError {
  const { HTTPS_PROXY, https_proxy: lower } = process.env;
  const proxy =
    HTTPS_PROXY === undefined && lower === undefined ? '' : ' and the proxy (Node.js 24 or later follows HTTPS_PROXY)';
  return new UserError(`${what}: ${failure.message}; check the network${proxy}, or set HF_ENDPOINT to a mirror.`);
}

/** fetch says "fetch failed" or "terminated"; what happened is in its cause, or in several causes. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return systemErrorCode(first) ?? (first instanceof Error ? first.message : String(first));
}
