import { Uri } from 'vscode';
import { z } from 'zod';

const checkpointRow = z.object({ checkpoint: z.object({ folder: z.string() }) });

/** The folder that a command was given: a path by buttons and links, a URI or a row of the run tree by menus. */
export function folderOf(argument: unknown): string | undefined {
  if (typeof argument === 'string' && argument !== '') return argument;
  if (argument instanceof Uri) return argument.fsPath;
  if (typeof argument !== 'object' || argument === null) return undefined;
  return 'root' in argument && typeof argument.root === 'string' ? argument.root : undefined;
}

/** The folder of a checkpoint, where a menu gave the command its row; undefined for a run's. */
export function checkpointFolderOf(argument: unknown): string | undefined {
  return checkpointRow.safeParse(argument).data?.checkpoint.folder;
}
