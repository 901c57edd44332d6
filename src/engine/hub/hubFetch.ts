import { UserError } from '../../config/userError';
import type { HubReference } from '../../config/hubReference';
import type { HubAccess } from './hubAccess';
import { connectionFailure, PassingFailure, refusal } from './hubErrors';
import type { Patience } from './patience';

/** The hub needs two: to the new name of a model, and to the server that has the file. */
const MAX_REDIRECTS = 8;

export interface HubRequest {
  readonly access: HubAccess;
  /** What the request is about, for errors. */
  readonly reference: HubReference;
  readonly patience: Patience;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Asks for `url` and follows redirects itself, so that the token goes to the origin of the endpoint and to no other, and
 * nothing falls back from https to http. Returns an answer of success, or 416 for a range that the file does not have.
 * Throws UserError for what the user can mend, PassingFailure for what may pass, and the signal's reason when aborted.
 */
export async function hubFetch(url: string, request: HubRequest): Promise<Response> {
  const { access, reference, headers, signal } = request;
  const home = new URL(access.endpoint).origin;
  let target = new URL(url);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const isHome = target.origin === home;
    const response = await fetch(target, {
      redirect: 'manual',
      headers: {
        ...headers,
        ...(isHome && access.token !== undefined && { authorization: `Bearer ${access.token}` }),
      },
      signal,
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw connectionFailure(error, target.href);
    });
    const location = response.headers.get('location');
    const { status } = response;
    if (status >= 300 && status < 400 && location !== null) {
      await response.body?.cancel();
      target = redirected(target, location, reference);
      continue;
    }
    if (response.ok || status === 416) return response;
    await response.body?.cancel();
    // A server of files knows no models. Its addresses are signed for some minutes: the next try gets a new one.
    if (!isHome) throw new PassingFailure(`${target.origin} answers ${status}`);
    throw refusal(response, reference, access);
  }
  throw new UserError(`${reference.id}: ${access.endpoint} sends us in circles; check HF_ENDPOINT.`);
}

function redirected(from: URL, location: string, { id }: HubReference): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined || !/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:')) {
    throw new UserError(
      `${id}: ${from.origin} sends us to ${JSON.stringify(location)}, which is not safe; check HF_ENDPOINT.`,
    );
  }
  return to;
}

/** The body piece by piece; none when there is none. */
export function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  return (response.body ?? new ReadableStream<Uint8Array>({ start: (it) => it.close() })) as AsyncIterable<Uint8Array>;
}
