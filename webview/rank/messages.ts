import type { Sources } from '../../src/host/protocol/rankView';

export function asSources(body: unknown): Sources {
  if (typeof body !== 'object' || body === null || !('primary' in body) || !('other' in body)) {
    throw new Error('the sources are incomplete; reopen the view');
  }
  return body as Sources;
}

export function asText(body: unknown): string {
  if (typeof body !== 'string') throw new Error('the problem is no text');
  return body;
}
