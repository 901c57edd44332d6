/** A model of the Hugging Face hub, as "org/name" or "org/name@revision" names it. */
export interface HubReference {
  /** "org/name". */
  readonly id: string;
  /** A branch, a tag or a commit; undefined means the main branch. */
  readonly revision: string | undefined;
}

/** The branch that the hub takes where none is named. */
export const MAIN_BRANCH = 'main';

/** What the hub allows as a name: 1 to 96 letters, digits, ".", "_", "-", begun and ended by a letter, digit or "_". */
const NAME = String.raw`\w(?:[\w.-]{0,94}\w)?`;
const REFERENCE = new RegExp(`^(${NAME}/${NAME})(?:@(.*))?$`, 'su');

/** Branches may have slashes ("refs/pr/1"). No part begins with a dot: the name becomes a path in the cache. */
const REVISION = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/;
const MAX_REVISION = 255;

const COMMIT = /^[0-9a-f]{40}$/;

/** Nobody calls a model so; someone who mistyped the path of a file does. */
const FILE_NAME = /\.(safetensors|jsonl?|gguf|bin)$/i;

/** Reads a hub id. Undefined for what cannot be one, such as a path with a dot in front or with two separators. */
export function parseHubReference(text: string): HubReference | undefined {
  const [, id, revision] = REFERENCE.exec(text) ?? [];
  // The hub forbids both; "--" stands for the separator in the names of the cache.
  if (id === undefined || id.includes('--') || id.includes('..') || FILE_NAME.test(id)) return undefined;
  if (revision !== undefined && !isRevision(revision)) return undefined;
  return { id, revision };
}

export function isRevision(text: string): boolean {
  return text.length <= MAX_REVISION && !text.includes('..') && REVISION.test(text);
}

/** Whether a revision is a whole commit hash, which always means the same files. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** "org/name@revision", or the plain id for the main branch. */
export function formatHubReference({ id, revision }: HubReference): string {
  return revision === undefined ? id : `${id}@${revision}`;
}
