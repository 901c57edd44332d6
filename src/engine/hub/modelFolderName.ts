import { basename } from 'node:path';

/** "…/models--org--name/snapshots/<commit>". Neither an owner nor a name on the hub has "--" in it. */
const SNAPSHOT = /[\\/]models--((?:(?!--)[\w.-])+)--((?:(?!--)[\w.-])+)[\\/]snapshots[\\/][0-9a-f]{40}$/;

/** What the model in a folder is called: of a snapshot in the cache "org/name", else the name of the folder. */
export function modelFolderName(folder: string): string {
  const [, owner, name] = SNAPSHOT.exec(folder) ?? [];
  return owner === undefined || name === undefined ? basename(folder) : `${owner}/${name}`;
}
