import { Uri } from 'vscode';

/** The folder that a command was given: a path, a URI from a menu, or a row of the run tree. */
export function targetOf(argument: unknown): string | undefined {
  if (typeof argument === 'string' && argument !== '') return argument;
  if (argument instanceof Uri) return argument.fsPath;
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('folder' in argument && typeof argument.folder === 'string') return argument.folder;
  if ('root' in argument && typeof argument.root === 'string') return argument.root;
  return undefined;
}
