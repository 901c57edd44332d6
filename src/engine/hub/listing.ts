import { listFiles, modelInfo } from '@huggingface/hub';
import { z } from 'zod';
import { isCommit, MAIN_BRANCH } from '../../config/hubReference';
import { UserError } from '../../config/userError';
import { apiFetch } from './apiFetch';
import type { HubRequest } from './hubFetch';

/** A file of a model at a commit. */
export interface HubFile {
  /** Its name in the root of the repository. */
  readonly name: string;
  readonly size: number;
  /** Hash by which the content is checked: SHA-256 of large files, git's hash of the others. Names the blob, too. */
  readonly hash: { readonly kind: 'sha256' | 'git'; readonly hex: string };
}

/** Far more than the root of any model has. */
const MAX_FILES = 20_000;

const commitSchema = z.object({ sha: z.string().refine(isCommit) });

const entrySchema = z.object({
  type: z.string(),
  path: z.string(),
  size: z.int().min(0),
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) }).optional(),
});

/** The commit that a branch or tag is now. One request. */
export async function currentCommit(request: HubRequest): Promise<string> {
  const { access, reference } = request;
  const info = await modelInfo({
    name: reference.id,
    revision: reference.revision ?? MAIN_BRANCH,
    additionalFields: ['sha'],
    hubUrl: access.endpoint,
    fetch: apiFetch(request),
  });
  const parsed = commitSchema.safeParse(info);
  if (!parsed.success) throw unexpected(request, 'names no commit');
  return parsed.data.sha;
}

/** The files in the root of the repository at a commit. One request for each page of a thousand. */
export async function filesAt(commit: string, request: HubRequest): Promise<Map<string, HubFile>> {
  const { access, reference } = request;
  const files = new Map<string, HubFile>();
  let count = 0;
  const entries = listFiles({
    repo: { type: 'model', name: reference.id },
    revision: commit,
    hubUrl: access.endpoint,
    fetch: apiFetch(request),
  });
  for await (const entry of entries) {
    if (++count > MAX_FILES) throw unexpected(request, `lists more than ${MAX_FILES} files`);
    const parsed = entrySchema.safeParse(entry);
    if (!parsed.success) throw unexpected(request, 'lists a file without size or hash');
    const { type, path, size, oid, lfs } = parsed.data;
    if (type !== 'file') continue;
    const file: HubFile =
      lfs === undefined
        ? { name: path, size, hash: { kind: 'git', hex: oid } }
        : { name: path, size: lfs.size, hash: { kind: 'sha256', hex: lfs.oid } };
    files.set(path, file);
  }
  return files;
}

function unexpected({ access, reference }: HubRequest, what: string): UserError {
  return new UserError(`${reference.id}: ${access.endpoint} ${what}, which no hub should; check HF_ENDPOINT.`);
}
