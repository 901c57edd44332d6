import { UserError } from '../../config/userError';
import type { HubReference } from '../../config/hubReference';
import type { HubAccess } from './hubAccess';
import { connectionFailure, PassingFailure } from './hubErrors';
import { bodyOf, hubFetch, type HubRequest } from './hubFetch';

/** A listing of thousands of files fits; what comes from elsewhere must not fill the memory. */
const MAX_ANSWER_BYTES = 16 << 20;

/**
 * A `fetch` for the functions of @huggingface/hub that ask its API: with our redirects, errors and token (the library
 * takes only tokens that begin with "hf_", and follows links to the next page wherever they lead), for the endpoint
 * alone, and with a bound on what comes and on how long it takes.
 */
export function apiFetch(request: HubRequest): typeof fetch {
  const { access, reference } = request;
  return async (input) => {
    const url = input instanceof Request ? input.url : input.toString();
    if (new URL(url).origin !== new URL(access.endpoint).origin) {
      throw new UserError(
        `${reference.id}: ${access.endpoint} sends us to ${new URL(url).origin} for its list of files; check HF_ENDPOINT.`,
      );
    }
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(request.patience.silenceMs)]);
    try {
      const response = await hubFetch(url, { ...request, signal });
      const text = await boundedText(response, reference);
      const { status, headers } = response;
      const link = headers.get('link');
      return new Response(requireJson(text, access), { status, headers: link === null ? {} : { link } });
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof UserError || error instanceof PassingFailure) throw error;
      throw connectionFailure(error, url);
    }
  };
}

async function boundedText(response: Response, { id }: HubReference): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bodyOf(response)) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new UserError(`${id}: the hub's description of it is too long; choose another model.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Hotels and companies answer for every address with a page of their own. */
function requireJson(text: string, { endpoint }: HubAccess): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new UserError(
      `${endpoint}: does not answer as a hub does; check HF_ENDPOINT, and whether the network asks for a login.`,
    );
  }
}
