import { afterEach, describe, expect, it, vi } from 'vitest';
import { apiFetch } from '../../../src/engine/hub/apiFetch';
import { hubFetch, type HubRequest } from '../../../src/engine/hub/hubFetch';
import { HASTY } from './hubFixture';

const request: HubRequest = {
  access: { endpoint: 'https://hub.test/mirror', token: 'hf_secret', tokenSource: 'HF_TOKEN' },
  reference: { id: 'org/name', revision: undefined },
  patience: HASTY,
  signal: new AbortController().signal,
};

/** Answers by address; notes who got the token. */
function answers(table: Record<string, Response>): string[] {
  const trusted: string[] = [];
  vi.stubGlobal('fetch', (url: URL, init: { headers: Record<string, string> }) => {
    if (init.headers.authorization !== undefined) trusted.push(url.href);
    return Promise.resolve(table[url.href] ?? new Response('', { status: 404 }));
  });
  return trusted;
}

const to = (location: string): Response => new Response(null, { status: 302, headers: { location } });

afterEach(() => vi.unstubAllGlobals());

describe('redirects', () => {
  it('are followed, relative ones too, with the token for the origin of the endpoint alone', async () => {
    const trusted = answers({
      'https://hub.test/mirror/a': to('/b'),
      'https://hub.test/b': to('https://files.test/c'),
      'https://files.test/c': to('https://hub.test.evil/d'),
      'https://hub.test.evil/d': to('https://hub.test:8443/e'),
      'https://hub.test:8443/e': new Response('content'),
    });
    expect(await (await hubFetch('https://hub.test/mirror/a', request)).text()).toBe('content');
    expect(trusted).toEqual(['https://hub.test/mirror/a', 'https://hub.test/b']);
  });

  it.each(['http://hub.test/b', 'file:///etc/passwd', 'https://'])('to %s are refused', async (location) => {
    answers({ 'https://hub.test/a': to(location) });
    await expect(hubFetch('https://hub.test/a', request)).rejects.toThrow(/which is not safe/);
  });

  it('in circles end', async () => {
    answers({ 'https://hub.test/a': to('/a') });
    await expect(hubFetch('https://hub.test/a', request)).rejects.toThrow(/sends us in circles/);
  });
});

describe('the API', () => {
  it('may not send megabytes without end', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1 << 20;
        controller.enqueue(new Uint8Array(1 << 20));
      },
    });
    answers({ 'https://hub.test/a': new Response(body) });
    await expect(apiFetch(request)('https://hub.test/a')).rejects.toThrow(/description of it is too long/);
    expect(sent).toBeLessThan(20 << 20);
  });
});
