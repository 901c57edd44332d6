import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that one of the two servers got. */
export interface SeenRequest {
  readonly server: 'hub' | 'files';
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface FakeModel {
  commit: string;
  /** By path in the repository. Those of SafeTensors and of more than 100 kB are large files, as if in LFS. */
  files: Record<string, Uint8Array | string>;
  /** Answers as the hub does for a model with terms to accept, unless this token is sent. */
  gatedFor?: string;
  /** Answers as the hub does for a private model, unless this token is sent. */
  privateTo?: string;
}

/** What goes wrong with a file, once for each entry. */
export type Fault =
  /** The connection breaks after so many bytes of the answer. */
  | { readonly kind: 'cut'; readonly after: number }
  /** So many bytes come, and then nothing. */
  | { readonly kind: 'silence'; readonly after: number }
  /** A byte is another one. */
  | { readonly kind: 'corrupt' }
  /** More bytes come than were listed. */
  | { readonly kind: 'longer' }
  /** Ranges are not honoured. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'status'; readonly status: number };

export const COMMIT = 'c0ffee'.padEnd(40, '0');

/**
 * A server that answers as the Hugging Face hub does, and another one to which it sends for large files, in as far as
 * a client can tell. The statuses, headers and JSON are those of the hub's API: model info, tree, resolve.
 */
export class FakeHub {
  readonly models = new Map<string, FakeModel>();
  readonly seen: SeenRequest[] = [];
  readonly faults = new Map<string, Fault[]>();
  /** Bytes per piece and milliseconds between pieces, for downloads that one can watch. */
  pace: { readonly bytes: number; readonly ms: number } | undefined;
  /** Where to send for the next page of a listing, instead of to none. */
  nextPage: string | undefined;
  /** What it says instead of everything. */
  page: string | undefined;

  private constructor(
    private readonly hub: Server,
    private readonly files: Server,
  ) {}

  static async start(): Promise<FakeHub> {
    const fake = new FakeHub(
      createServer((request, response) => fake.answerHub(request, response)),
      createServer((request, response) => fake.answerFiles(request, response)),
    );
    for (const server of [fake.hub, fake.files]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return fake;
  }

  get endpoint(): string {
    return address(this.hub);
  }

  add(id: string, model: Partial<FakeModel> & Pick<FakeModel, 'files'>): FakeModel {
    const added = { commit: COMMIT, ...model };
    this.models.set(id, added);
    return added;
  }

  /** The requests for the content of a file, to whichever server sent it. */
  contentRequests(name: string): SeenRequest[] {
    return this.seen.filter(
      ({ server, path }) => path.endsWith(`/${name}`) && (server === 'files' || !isLarge(name, this.contentOf(name))),
    );
  }

  async close(): Promise<void> {
    for (const server of [this.hub, this.files]) {
      if (!server.listening) continue;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private contentOf(name: string): Uint8Array {
    for (const { files } of this.models.values()) if (files[name] !== undefined) return Buffer.from(files[name]);
    return new Uint8Array();
  }

  private answerHub(request: IncomingMessage, response: ServerResponse): void {
    const path = this.note('hub', request);
    if (this.page !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(this.page);
      return;
    }
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(path);
    const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const [, id = '', what = 'resolve', revision = ''] =
      api ?? (resolve && [...resolve.slice(0, 2), 'resolve', resolve[2]]) ?? [];
    const model = this.models.get(id);
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (model === undefined || (model.privateTo !== undefined && token !== model.privateTo)) {
      // The hub does not tell those who are not logged in whether a model exists.
      refuse(response, token === undefined ? 401 : 404, 'RepoNotFound');
      return;
    }
    if (!['main', 'v1', 'refs%2Fpr%2F1', model.commit].includes(revision)) {
      refuse(response, 404, 'RevisionNotFound');
      return;
    }
    if (what === 'revision') {
      json(response, {
        _id: '1',
        id,
        sha: model.commit,
        private: false,
        gated: false,
        downloads: 1,
        likes: 1,
        lastModified: 0,
      });
    } else if (what === 'tree') {
      const link = this.nextPage === undefined ? {} : { link: `<${this.nextPage}>; rel="next"` };
      json(response, treeOf(model), link);
    } else {
      if (model.gatedFor !== undefined && token !== model.gatedFor) {
        refuse(response, token === undefined ? 401 : 403, 'GatedRepo');
        return;
      }
      this.resolve(request, response, model, decodeURIComponent(resolve?.[3] ?? ''));
    }
  }

  private resolve(request: IncomingMessage, response: ServerResponse, model: FakeModel, name: string): void {
    const written = model.files[name];
    if (written === undefined) {
      refuse(response, 404, 'EntryNotFound');
      return;
    }
    const content = Buffer.from(written);
    const headers = { 'x-repo-commit': model.commit };
    if (isLarge(name, content)) {
      const location = `${address(this.files)}/signed/${name}`;
      const linked = { 'x-linked-etag': `"${sha256(content)}"`, 'x-linked-size': content.length };
      response.writeHead(302, { ...headers, ...linked, location }).end();
    } else {
      this.send(request, response, name, content, { ...headers, etag: `"${gitHash(content)}"` });
    }
  }

  private answerFiles(request: IncomingMessage, response: ServerResponse): void {
    const name = this.note('files', request).replace('/signed/', '');
    const content = this.contentOf(name);
    this.send(request, response, name, content, { etag: '"of the store"', 'accept-ranges': 'bytes' });
  }

  private send(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    whole: Uint8Array,
    headers: Record<string, string>,
  ): void {
    const fault = this.faults.get(name)?.shift();
    if (fault?.kind === 'status') {
      response.writeHead(fault.status).end();
      return;
    }
    let content = Buffer.from(whole);
    if (fault?.kind === 'corrupt') content.writeUInt8(content.readUInt8(content.length >> 1) ^ 1, content.length >> 1);
    if (fault?.kind === 'longer') content = Buffer.concat([content, Buffer.from('more')]);
    const start = fault?.kind === 'whole' ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const body = content.subarray(start);
    const length = fault?.kind === 'longer' ? {} : { 'content-length': body.length };
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    response.writeHead(start > 0 ? 206 : 200, { ...headers, ...length, ...(start > 0 && range) });
    if (fault?.kind === 'cut' || fault?.kind === 'silence') {
      response.write(body.subarray(0, fault.after), () => {
        // In order, so that what was sent arrives before the end does.
        if (fault.kind === 'cut') response.socket?.end();
      });
    } else if (this.pace !== undefined) {
      void this.drip(response, body);
    } else {
      response.end(body);
    }
  }

  private async drip(response: ServerResponse, body: Uint8Array): Promise<void> {
    const pace = this.pace ?? { bytes: body.length, ms: 0 };
    for (let at = 0; at < body.length && !response.destroyed; at += pace.bytes) {
      response.write(body.subarray(at, at + pace.bytes));
      await new Promise((resolve) => setTimeout(resolve, pace.ms));
    }
    response.end();
  }

  private note(server: SeenRequest['server'], request: IncomingMessage): string {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const { range, authorization } = request.headers;
    this.seen.push({ server, path, range, authorization });
    return path;
  }
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** `git hash-object`. */
export function gitHash(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function isLarge(name: string, content: Uint8Array): boolean {
  return /\.(safetensors|bin)$/.test(name) || content.length > 100_000;
}

/** The entries in the root of a repository, as the tree API lists them. */
function treeOf({ files }: FakeModel): object[] {
  const folders = new Set(Object.keys(files).flatMap((path) => (path.includes('/') ? [path.split('/')[0]] : [])));
  const entries = Object.entries(files).filter(([path]) => !path.includes('/'));
  return [
    ...[...folders].map((path) => ({ type: 'directory', oid: gitHash(Buffer.from(path ?? '')), size: 0, path })),
    ...entries.map(([path, written]) => {
      const content = Buffer.from(written);
      const { length: size } = content;
      if (!isLarge(path, content)) return { type: 'file', oid: gitHash(content), size, path };
      const oid = sha256(content);
      return { type: 'file', oid: gitHash(Buffer.from(oid)), size, lfs: { oid, size, pointerSize: 134 }, path };
    }),
  ];
}

function refuse(response: ServerResponse, status: number, code: string): void {
  json(response, { error: code }, { 'x-error-code': code }, status);
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
