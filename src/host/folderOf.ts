import { Uri } from 'vscode';

/** The folder that a command was given: a path by buttons and links, a URI or a row of the run tree by menus. */
export function folderOf(argument: unknown): string | undefined {
  if (typeof argument === 'string' && argument !== '') return argument;
  if (argument instanceof Uri) return argument.fsPath;
  if (typeof argument !== 'object' || argument === null) return undefined;
  return 'root' in argument && typeof argument.root === 'string' ? argument.root : undefined;
}
