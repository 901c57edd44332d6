import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, systemErrorCode } from '../../config/userError';
import { expand, huggingFaceHome } from './cacheFolder';

/** Which hub is asked, as whom. */
export interface HubAccess {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Sent to the endpoint and to nobody else. */
  readonly token: string | undefined;
  /** What the token was read from, for the error that says it is refused. */
  readonly tokenSource: string | undefined;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** What the Python library takes for yes. */
const TRUE = /^(1|on|yes|true)$/i;

/** The variable by which the user forbids the network; undefined when none does. */
export function offlineVariable(): string | undefined {
  return ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => TRUE.test(process.env[name] ?? ''));
}

/** Reads HF_ENDPOINT, HF_TOKEN and the file of the token. Throws a UserError for what cannot be used. */
export async function hubAccess(): Promise<HubAccess> {
  const { token, source } = await readToken();
  return { endpoint: readEndpoint(), token, tokenSource: source };
}

function readEndpoint(): string {
  const written = process.env.HF_ENDPOINT ?? '';
  if (written === '') return DEFAULT_ENDPOINT;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UserError(`HF_ENDPOINT: ${JSON.stringify(written)} is no address of a hub; write https://… or unset it.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

async function readToken(): Promise<{ token: string | undefined; source: string | undefined }> {
  for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const token = clean(process.env[name], name);
    if (token !== undefined) return { token, source: name };
  }
  const named = process.env.HF_TOKEN_PATH;
  const file = named === undefined ? join(huggingFaceHome(), 'token') : expand(named);
  try {
    const token = clean(await readFile(file, 'utf8'), file);
    return { token, source: token === undefined ? undefined : file };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { token: undefined, source: undefined };
    throw new UserError(`${file}: the token of the hub cannot be read (${code ?? String(error)}); mend or delete it.`);
  }
}

/** Undefined for an empty one. A token goes into a header, so it must not hold what would end that. */
function clean(text: string | undefined, source: string): string | undefined {
  const token = text?.trim() ?? '';
  if (token === '') return undefined;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UserError(`${source}: is no token of the hub, which is one word such as hf_…; correct or remove it.`);
  }
  return token;
}
