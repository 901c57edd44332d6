import type { Sources } from '../../src/host/protocol/rankView';

export function asSources(body: unknown): Sources {
  if (typeof body !== 'object' || body === null || !('primary' in body) || !('other' in body)) {
    throw new Error('the sources are incomplete; reopen the view');
  }
  return body as Sources;
}

export function asTexts(body: unknown): readonly string[] {
  if (!Array.isArray(body) || !body.every((text) => typeof text === 'string')) {
    throw new Error('the problems are no list of texts');
  }
  return body;
}
